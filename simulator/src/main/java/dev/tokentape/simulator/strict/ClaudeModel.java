package dev.tokentape.simulator.strict;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Claude model's name tells of what it takes. A name without a version takes everything.
 *
 * @param family opus, sonnet, haiku, fable or mythos; empty if the name tells none
 * @param version 407 for 4.7; 0 if the name tells none
 */
record ClaudeModel(String family, int version) {

    private static final Pattern NEW_NAME = Pattern.compile(
            "claude-(opus|sonnet|haiku|fable|mythos)-(?:preview|(\\d{1,2})(?!\\d)(?:[-.](\\d{1,2})(?!\\d))?)");
    private static final Pattern OLD_NAME = Pattern.compile("claude-(\\d)[-.]?(\\d)?-(opus|sonnet|haiku)");

    private static final Set<String> ALWAYS_THINKING = Set.of("fable", "mythos");

    static ClaudeModel named(String model) {
        Matcher name = NEW_NAME.matcher(model);
        if (name.find()) {
            return new ClaudeModel(name.group(1), version(name.group(2), name.group(3)));
        }
        Matcher old = OLD_NAME.matcher(model);
        return old.find() ? new ClaudeModel(old.group(3), version(old.group(1), old.group(2))) : new ClaudeModel("", 0);
    }

    private static int version(String major, String minor) {
        return major == null ? 0 : Integer.parseInt(major) * 100 + (minor == null ? 0 : Integer.parseInt(minor));
    }

    /** Whether it decides itself how long it thinks, and takes no budget. */
    boolean adaptiveOnly() {
        return thinksAlways() || version >= 500 || family.equals("opus") && version >= 407;
    }

    /** Whether it is from before adaptive thinking. */
    boolean budgetOnly() {
        return version > 0 && version < 406 && !thinksAlways();
    }

    /** Whether its thinking cannot be switched off. */
    boolean thinksAlways() {
        return ALWAYS_THINKING.contains(family);
    }

    /** Whether temperature, top_p and top_k are gone. */
    boolean withoutSampling() {
        return adaptiveOnly();
    }

    /** Whether it takes temperature or top_p, not both. */
    boolean oneSamplingParameter() {
        return !withoutSampling() && (version >= 405 || family.equals("opus") && version == 401);
    }

    /** Whether the conversation must end with the user. */
    boolean withoutPrefill() {
        return thinksAlways() || version >= 406;
    }
}

package dev.tokentape.processor.moderation.rules;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a rule file says about a moderation service, the mapping {@code tier2}. */
final class JudgeSection {

    private static final int USUAL_CHARACTERS = 400;
    private static final int USUAL_MILLIS = 1_000;
    private static final int USUAL_CONTEXT = 400;
    private static final int USUAL_MAX_HOLD = 65_536;

    private JudgeSection() {}

    /** Null where the file says nothing. */
    static @Nullable JudgePolicy read(Fields file, List<RuleProblem> problems) {
        Yaml.Mapping mapping = file.mapping("tier2");
        if (mapping == null) {
            return null;
        }
        Fields fields = new Fields("tier2: ", mapping, problems);
        JudgePolicy.Mode mode = fields.oneOf(
                "mode", words("gate", JudgePolicy.Mode.GATE, "audit", JudgePolicy.Mode.AUDIT), JudgePolicy.Mode.GATE);
        String id = fields.text("id", "tier2");
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            fields.problem(fields.lineOf("id"), "an id has 1 to 64 letters, digits, dots, dashes or underscores");
        }
        JudgePolicy policy = new JudgePolicy(
                id,
                mode,
                channels(fields),
                fields.number("hold_characters", USUAL_CHARACTERS, 1, 100_000),
                fields.number("hold_ms", USUAL_MILLIS, 1, 60_000),
                fields.number("context_characters", USUAL_CONTEXT, 0, 10_000),
                fields.number("max_hold", USUAL_MAX_HOLD, 16, 1_000_000),
                fields.oneOf("on_timeout", words("closed", false, "open", true), mode == JudgePolicy.Mode.AUDIT),
                fields.oneOf(
                        "action",
                        words("block", (Action) new Action.Block(), "flag", new Action.Flag()),
                        new Action.Block()),
                thresholds(fields, problems));
        if (policy.maxHold() < policy.holdCharacters()) {
            fields.problem(
                    fields.lineOf("max_hold"),
                    "max_hold (" + policy.maxHold() + ") is less than hold_characters (" + policy.holdCharacters()
                            + ")");
        }
        fields.refuseOthers();
        return policy;
    }

    private static Set<Channel> channels(Fields fields) {
        Map<String, Channel> known = new LinkedHashMap<>();
        known.put("prompt", Channel.PROMPT);
        known.put("text", Channel.TEXT);
        known.put("thinking", Channel.THINKING);
        known.put("tool_input", Channel.TOOL_INPUT);
        Set<Channel> channels = EnumSet.noneOf(Channel.class);
        for (String word : fields.texts("applies_to", List.of("text"))) {
            Channel channel = known.get(word);
            if (channel == null) {
                fields.problem(
                        fields.lineOf("applies_to"),
                        "applies_to names " + word + "; a service may judge " + String.join(", ", known.keySet()));
            } else {
                channels.add(channel);
            }
        }
        if (channels.isEmpty()) {
            fields.problem(fields.lineOf("applies_to"), "applies_to names nothing; to judge nothing leave tier2 out");
        }
        return channels;
    }

    private static Map<String, Double> thresholds(Fields fields, List<RuleProblem> problems) {
        Map<String, Double> thresholds = new LinkedHashMap<>();
        Yaml.Mapping mapping = fields.mapping("thresholds");
        if (mapping == null) {
            return thresholds;
        }
        Fields scores = new Fields("tier2: thresholds: ", mapping, problems);
        mapping.fields().forEach((category, value) -> {
            String text = scores.text(category, "");
            try {
                double score = Double.parseDouble(text);
                if (score >= 0 && score <= 1) {
                    thresholds.put(category, score);
                    return;
                }
            } catch (NumberFormatException e) {
                // Told below, together with numbers out of range.
            }
            scores.problem(value.line(), category + " must be a number from 0 to 1, not " + text);
        });
        return thresholds;
    }

    private static <T> Map<String, T> words(String one, T its, String other, T others) {
        Map<String, T> words = new LinkedHashMap<>();
        words.put(one, its);
        words.put(other, others);
        return words;
    }
}

package dev.tokentape.producer.provider.turns;

import java.util.regex.Pattern;

/**
 * Which ids of tool calls an API takes, and how one is made that it takes.
 *
 * @param lawful what the whole id must match
 * @param unique whether no two calls of a conversation may have the same
 * @param prefix of one that is made
 * @param length of one that is made
 */
public record CallIdRule(Pattern lawful, boolean unique, String prefix, int length) {

    private static final int MADE = 29;

    /** Any id, also one that an earlier call had. */
    public static final CallIdRule ANY = new CallIdRule(Pattern.compile(".*", Pattern.DOTALL), false, "call_", MADE);

    /** Ids that match, each for one call. */
    public static CallIdRule unique(String lawful) {
        return new CallIdRule(Pattern.compile(lawful), true, "call_", MADE);
    }

    /** Ids of no more characters. */
    public static CallIdRule atMost(int characters) {
        return new CallIdRule(Pattern.compile(".{1,%d}".formatted(characters), Pattern.DOTALL), false, "call_", MADE);
    }

    /** Any id but long ones with a prefix that is ours: nobody up there knows it. */
    public static CallIdRule anyButMade(String prefix, int characters) {
        String lawful = "(?!%s).*|.{1,%d}".formatted(Pattern.quote(prefix), characters);
        return new CallIdRule(Pattern.compile(lawful, Pattern.DOTALL), false, "call_", MADE);
    }

    /** Ids of exactly so many letters and digits. */
    public static CallIdRule letters(int characters) {
        return new CallIdRule(Pattern.compile("[a-zA-Z0-9]{%d}".formatted(characters)), true, "", characters);
    }

    boolean allows(String id) {
        return lawful.matcher(id).matches();
    }
}

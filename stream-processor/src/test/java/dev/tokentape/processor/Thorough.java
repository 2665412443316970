package dev.tokentape.processor;

/**
 * How much of what can be tried a build tries: each distinct case in every build, and in the profile
 * {@code thorough} all of them.
 */
public final class Thorough {

    private static final boolean ON = Boolean.getBoolean("tokentape.thorough");

    private Thorough() {}

    /** The one number in every build, the other where all is to be tried. */
    public static int either(int everyBuild, int thorough) {
        return ON ? thorough : everyBuild;
    }
}

package dev.tokentape.schemas.provider;

/**
 * Which ids of tool calls a server takes.
 *
 * @param characters how many at most, or exactly; 0 for any number
 * @param lettersAndDigits whether they are exactly so many letters and digits, and each for one call
 */
public record CallIdForm(int characters, boolean lettersAndDigits) {

    public static final CallIdForm ANY = new CallIdForm(0, false);

    public static CallIdForm atMost(int characters) {
        return new CallIdForm(characters, false);
    }

    public static CallIdForm lettersAndDigits(int characters) {
        return new CallIdForm(characters, true);
    }
}

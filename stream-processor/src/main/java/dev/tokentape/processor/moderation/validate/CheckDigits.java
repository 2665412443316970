package dev.tokentape.processor.moderation.validate;

/** Numbers that carry a digit or two to check themselves by. */
final class CheckDigits {

    private CheckDigits() {}

    /** ISO/IEC 7812: payment cards; what is no digit is passed over. */
    static boolean luhn(String match) {
        int sum = 0;
        int digits = 0;
        for (int i = match.length() - 1; i >= 0; i--) {
            int digit = match.charAt(i) - '0';
            if (digit >= 0 && digit <= 9) {
                int weighted = digits++ % 2 == 0 ? digit : digit * 2;
                sum += weighted > 9 ? weighted - 9 : weighted;
            }
        }
        return digits > 1 && sum > 0 && sum % 10 == 0;
    }

    /** ISO 13616: the number with its first four characters moved to the end, letters as 10 to 35, is 1 modulo 97. */
    static boolean iban(String match) {
        StringBuilder bare = new StringBuilder();
        match.chars().filter(Character::isLetterOrDigit).forEach(c -> bare.append((char) Character.toUpperCase(c)));
        if (bare.length() < 15 || bare.length() > 34) {
            return false;
        }
        int rest = 0;
        for (int i = 0; i < bare.length(); i++) {
            int value = Character.digit(bare.charAt((i + 4) % bare.length()), 36);
            if (value < 0) {
                return false;
            }
            rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
        }
        return rest == 1;
    }
}

package dev.tokentape.processor.moderation.validate;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.util.Optional;

/** The world's numbering plans. */
final class PhoneNumbers {

    private static final String NO_REGION = "ZZ";

    private PhoneNumbers() {}

    /** Numbers with their country's code. */
    static Validator international() {
        return match -> isValid(match, NO_REGION);
    }

    /** Also numbers as written inside a country. */
    static Optional<Validator> of(String region) {
        return PhoneNumberUtil.getInstance().getSupportedRegions().contains(region)
                ? Optional.of(match -> isValid(match, region))
                : Optional.empty();
    }

    private static boolean isValid(String match, String region) {
        PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
        try {
            return numbers.isValidNumber(numbers.parse(match, region));
        } catch (NumberParseException e) {
            return false;
        }
    }
}

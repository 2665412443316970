package dev.tokentape.processor.moderation.validate;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Judges what a pattern has found, so that a number of the right shape is not taken for a card. Thread-safe. */
@FunctionalInterface
public interface Validator {

    /** @param match the plain symbols of the match */
    boolean accepts(String match);

    /** Every name that {@link #named} knows. */
    static Set<String> names() {
        return new TreeSet<>(Set.of("luhn", "iban", "phone", "phone:REGION", "secret", "ip"));
    }

    /** The validator of a name as rule files write it; empty if there is none. */
    static Optional<Validator> named(String name) {
        return switch (name) {
            case "luhn" -> Optional.of(CheckDigits::luhn);
            case "iban" -> Optional.of(CheckDigits::iban);
            case "secret" -> Optional.of(Randomness::looksSecret);
            case "ip" -> Optional.of(IpAddress::isLiteral);
            case "phone" -> Optional.of(PhoneNumbers.international());
            default -> name.startsWith("phone:") ? PhoneNumbers.of(name.substring(6)) : Optional.empty();
        };
    }
}

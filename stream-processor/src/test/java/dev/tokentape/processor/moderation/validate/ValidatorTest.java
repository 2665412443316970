package dev.tokentape.processor.moderation.validate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidatorTest {

    @ParameterizedTest
    @CsvSource({
        "luhn, 4111 1111 1111 1111, true",
        "luhn, 4111 1111 1111 1112, false",
        "luhn, 0000000000000, false",
        "iban, GB82 WEST 1234 5698 7654 32, true",
        "iban, gb82west12345698765432, true",
        "iban, GB83WEST12345698765432, false",
        "phone, +49 30 901820, true",
        "phone, +1 555 000, false",
        "phone:US, (212) 555-0123, true",
        "phone:US, 123 456 7890, false",
        "secret, Ab1Cd2Ef3Gh4Ij5Kl6, true",
        "secret, task-oriented-dialogue, false",
        "secret, aaaaaaaaA1, false",
        "ip, 192.168.1.254, true",
        "ip, 192.168.1.256, false",
        "ip, fe80::1:2, true",
        "ip, 1:2:3, false"
    })
    void validatorsTellTheRealFromWhatOnlyLooksSo(String name, String match, boolean accepted) {
        assertThat(Validator.named(name).orElseThrow().accepts(match)).isEqualTo(accepted);
    }

    @Test
    void anUnknownNameIsNoValidator() {
        assertThat(Validator.named("lunh")).isEmpty();
        assertThat(Validator.named("phone:XX")).isEmpty();
    }
}

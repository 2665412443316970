package dev.tokentape.schemas.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class KnownProvidersTest {

    private static final List<KnownProvider> ROWS = KnownProviders.ALL;

    @Test
    void aNameStandsOnce() {
        assertThat(ROWS).extracting(KnownProvider::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @FieldSource("ROWS")
    void aRowCanBeAskedAsItStands(KnownProvider row) {
        // Then
        assertThat(row.name()).matches("[a-z0-9][a-z0-9-]{0,63}");
        assertThat(row.keyVariables()).allMatch(variable -> variable.matches("[A-Z][A-Z0-9_]+"));
        assertThat(row.simulatedPath()).matches("|/[a-z0-9./-]+[a-z0-9]");
        if (row.baseUrl() != null) {
            URI address = URI.create(row.baseUrl().replace("{region}", "eu-central-1"));
            assertThat(address.getHost()).isNotNull();
            assertThat(row.baseUrl()).doesNotEndWith("/");
            boolean athome = address.getHost().equals("127.0.0.1");
            assertThat(row.keyVariables().isEmpty() && !athome)
                    .as("a key is sent over TLS alone, and who has an address in the world wants one")
                    .isFalse();
            assertThat(address.getScheme()).isEqualTo(athome ? "http" : "https");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "api.mistral.ai, STRICT_ORDER, PLAIN",
        "codestral.mistral.ai, STRICT_ORDER, PLAIN",
        "api.deepseek.com, COMPATIBLE, ALOUD",
        "api.moonshot.ai, COMPATIBLE, ALOUD",
        "openrouter.ai, COMPATIBLE, DETAILS",
        "generativelanguage.googleapis.com, COMPATIBLE, SIGNED_CALLS",
        "api.groq.com, COMPATIBLE, PLAIN",
        "notmistral.ai, COMPATIBLE, PLAIN",
        "127.0.0.1, COMPATIBLE, PLAIN",
        "api.openai.com, COMPATIBLE, PLAIN"
    })
    void aServerUnderAnotherNameIsKnownByItsHost(String host, Habits.Kind kind, Habits.Thoughts thoughts) {
        // When
        Habits habits = KnownProviders.habitsAt(host);

        // Then
        assertThat(habits.kind()).isEqualTo(kind);
        assertThat(habits.thoughts()).isEqualTo(thoughts);
    }

    @Test
    void openAisNameElsewhereKeepsIdsThatOpenAiTakes() {
        // When
        Habits elsewhere = KnownProviders.named("openai").orElseThrow().elsewhere();

        // Then
        assertThat(elsewhere.isVendor()).isFalse();
        assertThat(elsewhere.callIds()).isEqualTo(CallIdForm.atMost(40));
    }
}

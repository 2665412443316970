package dev.tokentape.processor.moderation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.processor.Thorough;
import dev.tokentape.processor.moderation.Cutting.Outcome;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.json.JsonGate;
import dev.tokentape.processor.moderation.json.WholeCallGate;
import dev.tokentape.processor.moderation.match.ChannelRules;
import dev.tokentape.processor.moderation.match.TextGate;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The promise: what is shown depends on the text alone, not on its cutting, and nothing forbidden is in it. */
class ProofTest {

    private static final int SEEDS = Thorough.either(30, 200);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Supplier<HoldBack> gates(RuleSet set, Channel channel) {
        ChannelRules rules = new ChannelRules(set, channel);
        return channel == Channel.TOOL_INPUT ? () -> new JsonGate(rules) : () -> new TextGate(rules);
    }

    private static RuleSet rules(String action) {
        return RuleFile.parse(Planted.rules(action, "text, thinking, tool_input, prompt"));
    }

    /** Every action on every channel. */
    static Stream<Arguments> ways() {
        return Stream.of("redact", "block", "flag", "regenerate")
                .flatMap(action -> Stream.of(Channel.values()).map(channel -> Arguments.of(action, channel)));
    }

    private static Outcome assertThatCuttingDoesNotMatter(Supplier<HoldBack> gates, String text) {
        Outcome whole = Cutting.through(gates.get(), Cutting.whole(text));
        for (List<String> halves : Cutting.everyTwoWaySplit(text)) {
            assertThat(Cutting.through(gates.get(), halves)).as("%s", halves).isEqualTo(whole);
        }
        assertThat(Cutting.through(gates.get(), Cutting.unitByUnit(text)))
                .as("unit by unit: %s", text)
                .isEqualTo(whole);
        for (long seed = 0; seed < SEEDS; seed++) {
            List<String> pieces = Cutting.random(text, seed);
            assertThat(Cutting.through(gates.get(), pieces))
                    .as("seed %d: %s", seed, pieces)
                    .isEqualTo(whole);
            int diesAfter = new Random(seed).nextInt(pieces.size() + 1);
            assertThat(Cutting.throughRestart(gates, pieces, diesAfter))
                    .as("seed %d, restart after %d: %s", seed, diesAfter, pieces)
                    .isEqualTo(whole);
        }
        return whole;
    }

    private static String inJson(String text, boolean escaped) throws JsonProcessingException {
        String value = JSON.writeValueAsString(Map.of("a", text));
        if (!escaped) {
            return value;
        }
        StringBuilder ascii = new StringBuilder("{\"a\":\"");
        text.chars().forEach(unit -> ascii.append("\\u%04x".formatted(unit)));
        return ascii.append("\", \"n\": [1, -2.5e3, true]}").toString();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void theResultDependsOnTheTextAloneNotOnItsCutting(String action, Channel channel) throws JsonProcessingException {
        // Given
        Supplier<HoldBack> gates = gates(rules(action), channel);

        for (String text : Planted.texts().keySet()) {
            // When
            Outcome whole =
                    assertThatCuttingDoesNotMatter(gates, channel == Channel.TOOL_INPUT ? inJson(text, false) : text);

            // Then
            assertThat(whole.findings().isEmpty()).as(text).isEqualTo(text.startsWith("nothing"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TEXT", "PROMPT"})
    void everySecretIsMaskedHoweverItIsWritten(Channel channel) {
        // Given
        Supplier<HoldBack> gates = gates(rules("redact"), channel);

        Planted.texts().forEach((text, shown) -> {
            // When
            Outcome outcome = Cutting.through(gates.get(), Cutting.unitByUnit(text));

            // Then
            assertThat(outcome.text()).as(text).isEqualTo(shown);
        });
    }

    @Test
    void everySecretIsMaskedInToolInputAndTheJsonStaysValid() throws JsonProcessingException {
        // Given
        Supplier<HoldBack> gates = gates(rules("redact"), Channel.TOOL_INPUT);

        for (Map.Entry<String, String> planted : Planted.texts().entrySet()) {
            for (boolean escaped : new boolean[] {false, true}) {
                // When
                Outcome outcome = assertThatCuttingDoesNotMatter(gates, inJson(planted.getKey(), escaped));

                // Then
                assertThat(JSON.readTree(outcome.text()).get("a").textValue())
                        .as(planted.getKey())
                        .isEqualTo(planted.getValue());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ending")
    void whatEndsTheAnswerEndsItBeforeTheMatch(String action, Channel channel) {
        // Given
        Supplier<HoldBack> gates = gates(rules(action), channel);

        Planted.secrets()
                .forEach((mask, secrets) -> secrets.forEach(secret -> {
                    // When
                    Outcome outcome = Cutting.through(gates.get(), Cutting.unitByUnit("So: " + secret + ", and so on"));

                    // Then
                    assertThat(outcome.text()).as(secret).isEqualTo("So: ");
                    assertThat(outcome.findings())
                            .as(secret)
                            .hasSize(1)
                            .first()
                            .asString()
                            .contains(action);
                }));
    }

    static Stream<Arguments> ending() {
        return Stream.of(Channel.TEXT, Channel.THINKING)
                .flatMap(channel -> Stream.of("block", "regenerate").map(action -> Arguments.of(action, channel)));
    }

    @Test
    void thinkingIsNeverMaskedButEnds() {
        // Given
        Supplier<HoldBack> gates = gates(rules("redact"), Channel.THINKING);

        // When
        Outcome outcome = assertThatCuttingDoesNotMatter(gates, "I know Blofeld and 4111111111111111 well");

        // Then
        assertThat(outcome.text()).isEqualTo("I know ");
        assertThat(outcome.findings()).containsExactly("word redact null");
    }

    @Test
    void flagsChangeNothingAndHoldNothing() {
        // Given
        HoldBack gate = gates(rules("flag"), Channel.TEXT).get();

        // When
        Released first = gate.append("Blofel");
        Released second = gate.append("d, Blofeld!");

        // Then
        assertThat(first).isEqualTo(Released.of("Blofel"));
        assertThat(second.text()).isEqualTo("d, Blofeld!");
        assertThat(second.findings()).hasSize(1);
    }

    @Test
    void aWholeToolCallIsHeldUntilItIsJudged() {
        // Given
        ChannelRules rules = new ChannelRules(rules("block"), Channel.TOOL_INPUT);
        Supplier<HoldBack> gates = () -> new WholeCallGate(new JsonGate(rules), 60, "v");

        // When
        Outcome good = assertThatCuttingDoesNotMatter(gates, "{\"to\":\"M\", \"n\": 7}");
        Outcome bad = assertThatCuttingDoesNotMatter(gates, "{\"to\":\"M\", \"of\": \"Blofeld\"}");
        Outcome tooLong = assertThatCuttingDoesNotMatter(gates, "{\"to\":\"" + "M".repeat(60) + " Blofeld\"}");

        // Then
        assertThat(good.text()).isEqualTo("{\"to\":\"M\", \"n\": 7}");
        assertThat(bad).isEqualTo(new Outcome("", List.of("word block null")));
        assertThat(tooLong.text()).isEmpty();
        assertThat(tooLong.findings()).hasSize(1).first().asString().startsWith("hold_tool_calls block");
    }

    @Test
    void numbersInToolInputBecomeStringsWhereTheyAreMasked() throws JsonProcessingException {
        // Given
        Supplier<HoldBack> gates = gates(rules("redact"), Channel.TOOL_INPUT);

        // When
        Outcome outcome = assertThatCuttingDoesNotMatter(gates, "{\"n\": [4111111111111111 , 12], \"Blofeld\": null}");

        // Then
        assertThat(JSON.readTree(outcome.text()).toString()).isEqualTo("{\"n\":[\"[card] \",12],\"[word]\":null}");
    }
}

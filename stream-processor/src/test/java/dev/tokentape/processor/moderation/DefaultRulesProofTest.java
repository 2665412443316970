package dev.tokentape.processor.moderation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.processor.Thorough;
import dev.tokentape.processor.moderation.Cutting.Outcome;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.moderation.rules.RuleFile;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promise of {@link ProofTest}, for the rules that come with Tokentape, those that are off switched on. */
class DefaultRulesProofTest {

    private static final int SEEDS = Thorough.either(24, 200);
    /** A longer text is cut everywhere only near its ends, and by fewer seeds. */
    private static final int CUT_EVERYWHERE = 600;

    private static final int NEAR = Thorough.either(30, 100);
    /** Of a longer text, places in its middle that are tried. */
    private static final int IN_THE_MIDDLE = Thorough.either(20, 200);

    private static final RuleGates GATES =
            new RuleGates(RuleFile.parse(DefaultRules.yaml().replace("enabled: false", "enabled: true")));

    private static Outcome sameHoweverCut(Channel channel, String text) {
        Supplier<HoldBack> gates = () -> GATES.gate(channel);
        Outcome whole = Cutting.through(gates.get(), Cutting.whole(text));
        for (int at = 0; at <= text.length(); at += isCutAt(at, text.length()) ? 1 : text.length() / IN_THE_MIDDLE) {
            assertThat(Cutting.through(gates.get(), List.of(text.substring(0, at), text.substring(at))))
                    .as("cut at %d", at)
                    .isEqualTo(whole);
        }
        assertThat(Cutting.through(gates.get(), Cutting.unitByUnit(text)))
                .as("unit by unit")
                .isEqualTo(whole);
        int seeds = text.length() > CUT_EVERYWHERE ? SEEDS / 8 : SEEDS;
        for (long seed = 0; seed < seeds; seed++) {
            List<String> pieces = Cutting.random(text, seed);
            assertThat(Cutting.through(gates.get(), pieces)).as("seed %d", seed).isEqualTo(whole);
            int diesAfter = new Random(seed).nextInt(pieces.size() + 1);
            assertThat(Cutting.throughRestart(gates, pieces, diesAfter))
                    .as("seed %d, restart after %d", seed, diesAfter)
                    .isEqualTo(whole);
        }
        return whole;
    }

    private static boolean isCutAt(int at, int length) {
        return length <= CUT_EVERYWHERE || at < NEAR || length - at < NEAR + length / IN_THE_MIDDLE;
    }

    private static void assertMasked(String mask, String secret) throws JsonProcessingException {
        assertThat(sameHoweverCut(Channel.TEXT, "So: " + secret + ", and so on").text())
                .as(secret)
                .isEqualTo("So: " + mask + ", and so on");
        assertThat(sameHoweverCut(Channel.THINKING, "So: " + secret + ", and so on")
                        .text())
                .as("thinking: %s", secret)
                .isEqualTo("So: ");
    }

    private static void assertMaskedInToolInput(String mask, String secret) throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        String input = json.writeValueAsString(Map.of("a", "So: " + secret + ", and so on"));
        assertThat(json.readTree(sameHoweverCut(Channel.TOOL_INPUT, input).text())
                        .get("a")
                        .textValue())
                .as("tool input: %s", secret)
                .isEqualTo("So: " + mask + ", and so on");
    }

    static List<Map.Entry<String, List<String>>> personal() {
        return List.copyOf(PlantedByDefaultRules.personal().entrySet());
    }

    static List<Map.Entry<String, List<String>>> keys() {
        return List.copyOf(PlantedByDefaultRules.keys().entrySet());
    }

    @ParameterizedTest
    @MethodSource("personal")
    void personalDataIsMaskedHoweverItIsCut(Map.Entry<String, List<String>> planted) throws JsonProcessingException {
        for (String secret : planted.getValue()) {
            assertMasked(planted.getKey(), secret);
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyVendorsKeysAreMaskedHoweverTheyAreCut(Map.Entry<String, List<String>> planted)
            throws JsonProcessingException {
        for (String secret : planted.getValue()) {
            assertMasked(planted.getKey(), secret);
            assertMaskedInToolInput(planted.getKey(), secret);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void privateKeysOfEveryKindAreMaskedToTheirLastLine(int kind)
            throws NoSuchAlgorithmException, JsonProcessingException {
        // Given
        String key = PlantedByDefaultRules.privateKeys().get(kind);

        // When, Then
        assertMasked("[private key]", key);
        assertMaskedInToolInput("[private key]", key);
    }

    @Test
    void proseThatOnlyLooksLikeItIsLeftAlone() {
        for (String text : PlantedByDefaultRules.harmless()) {
            assertThat(sameHoweverCut(Channel.TEXT, text)).isEqualTo(new Outcome(text, List.of()));
        }
    }
}

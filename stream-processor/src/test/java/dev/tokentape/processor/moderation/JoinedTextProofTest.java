package dev.tokentape.processor.moderation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.gate.TextHold;
import dev.tokentape.processor.moderation.match.ChannelRules;
import dev.tokentape.processor.moderation.match.JoinedTextGate;
import dev.tokentape.processor.moderation.match.TextGate;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.RuleFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promise of {@link ProofTest}, for a text that is cut into blocks. */
class JoinedTextProofTest {

    private static final int SEEDS = 6;

    /** Making rules ready takes longer than judging a text by them. */
    private static final Map<String, ChannelRules> READY = new ConcurrentHashMap<>();

    private static ChannelRules rules(String action, Channel channel) {
        return READY.computeIfAbsent(
                action + channel,
                _ -> new ChannelRules(RuleFile.parse(Planted.rules(action, "text, thinking")), channel));
    }

    /** What readers see of each block. */
    private record Shown(List<String> blocks, List<String> findings) {
        String joined() {
            return String.join("", blocks);
        }
    }

    /** @param blocks each as the pieces that it comes in */
    private static Shown through(TextHold hold, List<List<String>> blocks) {
        List<StringBuilder> shown = new ArrayList<>();
        shown.add(new StringBuilder());
        List<String> findings = new ArrayList<>();
        for (List<String> block : blocks) {
            for (String piece : block) {
                hold.take(piece);
                drain(hold, shown, findings);
            }
            hold.endBlock();
            drain(hold, shown, findings);
        }
        hold.end();
        drain(hold, shown, findings);
        findings.sort(null);
        return new Shown(
                shown.stream().limit(blocks.size()).map(StringBuilder::toString).toList(), findings);
    }

    private static void drain(TextHold hold, List<StringBuilder> shown, List<String> findings) {
        do {
            Released released = hold.release();
            shown.getLast().append(released.text());
            released.findings()
                    .forEach(finding -> findings.add(
                            finding.ruleId() + " " + finding.action().word()));
            if (!hold.nextBlock()) {
                return;
            }
            shown.add(new StringBuilder());
        } while (true);
    }

    private static List<String> whole(String text) {
        return text.isEmpty() ? List.of() : List.of(text);
    }

    static List<String> secrets() {
        return Planted.secrets().values().stream().flatMap(List::stream).toList();
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void aSecretThatSpansBlocksIsMaskedWhereverTheSeamIs(String secret) {
        // Given
        String text = "So: " + secret + ", and so on";
        String expected = Cutting.through(new TextGate(rules("redact", Channel.TEXT)), List.of(text))
                .text();

        for (int at = 0; at <= text.length(); at++) {
            if (at > 0 && Character.isHighSurrogate(text.charAt(at - 1))) {
                continue;
            }
            String first = text.substring(0, at);
            String second = text.substring(at);

            // When
            Shown shown = through(
                    new JoinedTextGate(rules("redact", Channel.TEXT)), List.of(whole(first), List.of(), whole(second)));

            // Then what is found in a block alone may be masked besides
            assertThat(withoutMasks(shown.joined()))
                    .as("seam at %d", at)
                    .isSubstringOf(withoutMasks(expected))
                    .startsWith("So: ".substring(0, Math.min(4, at)));
            boolean halvesAreClean = isClean(first) && isClean(second);
            if (halvesAreClean) {
                assertThat(shown.joined()).as("seam at %d", at).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void howTheBlocksAreCutDoesNotMatter(String secret) {
        String text = "So: " + secret + ", and so on";
        for (int at = 3; at < text.length(); at += Math.max(1, text.length() / 5)) {
            if (Character.isHighSurrogate(text.charAt(at - 1))) {
                continue;
            }
            String first = text.substring(0, at);
            String second = text.substring(at);
            for (Channel channel : List.of(Channel.TEXT, Channel.THINKING)) {
                for (String action : List.of("redact", "block", "flag")) {
                    ChannelRules rules = rules(action, channel);

                    // Given
                    Shown whole = through(new JoinedTextGate(rules), List.of(whole(first), whole(second)));

                    for (long seed = 0; seed < SEEDS; seed++) {
                        // When
                        Shown cut = through(
                                new JoinedTextGate(rules),
                                List.of(
                                        seed == 0 ? Cutting.unitByUnit(first) : Cutting.random(first, seed),
                                        seed == 0 ? Cutting.unitByUnit(second) : Cutting.random(second, seed)));

                        // Then
                        assertThat(cut)
                                .as("%s, seam at %d, seed %d", action, at, seed)
                                .isEqualTo(whole);
                    }
                }
            }
        }
    }

    @Test
    void aBlockThatStandsAloneIsJudgedAsBefore() {
        // Given a rule that finds words, and blocks that only joined hide them
        ChannelRules rules = rules("redact", Channel.TEXT);

        // When
        Shown shown = through(new JoinedTextGate(rules), List.of(List.of("It was Blofeld"), List.of("s, Blofeld")));

        // Then
        assertThat(shown.blocks()).containsExactly("It was [word]", "s, [word]");
    }

    @Test
    void aMaskStandsInTheBlockThatTheMatchBeginsIn() {
        // When
        Shown shown = through(
                new JoinedTextGate(rules("redact", Channel.TEXT)),
                List.of(List.of("pay 4111 1111 "), List.of("1111 "), List.of("1111 now")));

        // Then
        assertThat(shown.blocks()).containsExactly("pay [card]", "", " now");
        assertThat(shown.findings()).containsExactly("card redact");
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "regenerate"})
    void whatEndsTheAnswerIsToldBehindAllThatStandsBeforeIt(String action) {
        // When
        Shown shown = through(
                new JoinedTextGate(rules(action, Channel.TEXT)),
                List.of(List.of("first, "), List.of("then 4111 1111 "), List.of("1111 1111, and"), List.of("more")));

        // Then
        assertThat(shown.blocks()).containsExactly("first, ", "then ");
        assertThat(shown.findings()).containsExactly("card " + action);
    }

    @Test
    void thinkingOfWhichAMatchIsAPartGoesUnsignedInEveryBlockOfIt() {
        // Given
        JoinedTextGate hold = new JoinedTextGate(rules("redact", Channel.THINKING));

        // When the match spans two blocks and a third one follows
        hold.take("I know 4111 1111 ");
        hold.endBlock();
        hold.take("1111 1111 well");
        hold.endBlock();
        hold.take("So what");
        hold.end();

        // Then
        assertThat(hold.release().text()).isEqualTo("I know ");
        assertThat(hold.vouches()).isFalse();
        assertThat(hold.nextBlock()).isTrue();
        assertThat(hold.release().text()).isEmpty();
        assertThat(hold.vouches()).isFalse();
        assertThat(hold.nextBlock()).isTrue();
        assertThat(hold.release().text()).isEqualTo("So what");
        assertThat(hold.vouches()).isTrue();
    }

    private static boolean isClean(String block) {
        return Cutting.through(new TextGate(rules("redact", Channel.TEXT)), List.of(block))
                .findings()
                .isEmpty();
    }

    private static String withoutMasks(String text) {
        return text.replaceAll("\\[(?:word|literal|card|iban|phone|email|key|aws|pem)]", "");
    }
}

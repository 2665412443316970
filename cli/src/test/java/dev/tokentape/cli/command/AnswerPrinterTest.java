package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Frames;
import dev.tokentape.cli.Screen;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerPrinterTest {

    private final Screen screen = new Screen();

    private AnswerPrinter print(boolean withQuestions, List<String> frames) {
        AnswerPrinter printer = new AnswerPrinter(screen.terminal(), withQuestions);
        frames.stream().map(Frames::frame).forEach(printer::print);
        printer.finish();
        return printer;
    }

    @Test
    void piecesOfTextBecomeOneText() {
        // When
        AnswerPrinter printer = print(false, Frames.answer("It ", "is\\nso", "."));

        // Then
        assertThat(screen.lines()).containsExactly("It is", "so.");
        assertThat(printer.endedWell()).isTrue();
    }

    @Test
    void questionsArePrintedToWhoFollowsAConversation() {
        // When
        print(true, Frames.answer("Yes."));

        // Then
        assertThat(screen.lines()).containsExactly("> Why?", "Yes.");
    }

    @Test
    void whatIsNoTextStandsInBrackets() {
        // When
        AnswerPrinter printer = print(
                false,
                List.of(
                        Frames.text(2, "Look"),
                        Frames.json(
                                3,
                                "content_block_start",
                                ",\"block\":{\"type\":\"tool_use\",\"tool_name\":\"search\"}"),
                        Frames.json(4, "cancelled", ",\"reason\":\"client\",\"billing_stops\":\"yes\"")));

        // Then
        assertThat(screen.lines()).containsExactly("Look", "[calls search]", "[cancelled: client]");
        assertThat(printer.endedWell()).isFalse();
    }

    private static String verdict(int sequence, String action, String rule) {
        return Frames.json(
                sequence,
                "moderation",
                ",\"verdict\":{\"action\":\"%s\",\"rule_id\":\"%s\",\"category\":\"pii\"}".formatted(action, rule));
    }

    @Test
    void aMaskedTextStaysOneTextAndItsRulesAreNamedBehindIt() {
        // When
        print(
                false,
                List.of(
                        Frames.text(2, "Card [card], "),
                        verdict(3, "redact", "card"),
                        Frames.text(4, "card [card]."),
                        verdict(5, "redact", "card"),
                        Frames.stop(6)));

        // Then
        assertThat(screen.lines()).containsExactly("Card [card], card [card].");
        assertThat(screen.err()).contains("[masked by rule card (pii), 2 times]");
    }

    @Test
    void aVerdictThatEndsAnAttemptStandsWhereItEnded() {
        // When
        print(
                false,
                List.of(
                        Frames.text(2, "So"),
                        verdict(3, "regenerate", "first"),
                        Frames.json(4, "message_start", "").replace("\"attempt\":1", "\"attempt\":2"),
                        Frames.text(5, "No"),
                        verdict(6, "block", "last"),
                        Frames.json(7, "cancelled", ",\"reason\":\"blocked\"")));

        // Then
        assertThat(screen.lines())
                .containsExactly(
                        "So",
                        "[another answer was asked for by rule first (pii)]",
                        "[attempt 2, the answer starts over]",
                        "No",
                        "[blocked by rule last (pii)]",
                        "[cancelled: blocked]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
            message_stop | ,"outcome":"completed"                                  | -                         | true
            message_stop | ,"outcome":"max_tokens"                                 | [max_tokens]              | true
            message_stop | ,"outcome":"tool_use"                                   | [tool_use]                | true
            message_stop | ,"outcome":"refusal"                                    | [refusal]                 | true
            message_stop | ,"outcome":"content_filter"                             | [content_filter]          | true
            message_stop | ,"outcome":"failed"                                     | [failed]                  | false
            error        | ,"outcome":"failed","error":{"code":"x","message":"y"}  | [failed: x, y]            | false
            cancelled    | ,"outcome":"cancelled","reason":"client_request"        | [cancelled: client_request] | false
            cancelled    | ,"outcome":"cancelled","reason":"blocked"               | [cancelled: blocked]      | false
            cancelled    | ,"outcome":"blocked","reason":"blocked"                 | [blocked]                 | false
            cancelled    | ,"outcome":"blocked","reason":"prompt_blocked"          | [blocked: prompt_blocked] | false
            """)
    void anOutcomeIsPrintedInItsOneWord(String type, String fields, @Nullable String printed, boolean well) {
        // When
        AnswerPrinter printer = print(false, List.of(Frames.text(2, "So"), Frames.json(3, type, fields)));

        // Then
        assertThat(screen.lines()).isEqualTo(printed == null ? List.of("So") : List.of("So", printed));
        assertThat(printer.endedWell()).isEqualTo(well);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            2 | ,"reason":"producer_lost"                                  | \
            [attempt 2, the answer starts over: producer_lost]
            2 | ,"reason":"regenerated","verdict":{"rule_id":"no-excuses"} | \
            [attempt 2, the answer starts over: regenerated by rule no-excuses]
            1 | ,"reason":"provider_restarted"                             | \
            [attempt 1, the answer starts over: provider_restarted]
            1 | ,"reason":"fallback","provider":"anthropic"                | [fallback: anthropic answers]
            """)
    void anAnswerThatBeginsAnewSaysWhy(int attempt, String fields, String printed) {
        // When
        print(
                false,
                List.of(
                        Frames.text(2, "So"),
                        Frames.json(3, "message_start", fields).replace("\"attempt\":1", "\"attempt\":" + attempt)));

        // Then
        assertThat(screen.lines()).containsExactly("So", printed);
    }

    @Test
    void anotherAttemptIsAnnounced() {
        // When
        print(
                false,
                List.of(
                        Frames.text(2, "Lost"),
                        Frames.json(3, "message_start", "").replace("\"attempt\":1", "\"attempt\":2"),
                        Frames.text(4, "Found")));

        // Then
        assertThat(screen.lines()).containsExactly("Lost", "[attempt 2, the answer starts over]", "Found");
    }

    private static String gap(String responses) {
        return "{\"id\":\"cursor-9\",\"type\":\"gap\",\"conversation_id\":\"c\",\"reason\":\"too_old\",\"omitted\":2,"
                + "\"responses\":[" + responses + "]}";
    }

    private static String whole(String status, String question, String blocks, String further) {
        return ("{\"response_id\":\"%s\",\"status\":\"%s\",\"provider\":\"openai\",\"prompt\":[{\"role\":\"user\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]}],\"blocks\":[%s]%s}")
                .formatted(Frames.RESPONSE, status, question, blocks, further);
    }

    private static String textBlock(String text) {
        return "{\"type\":\"text\",\"block_index\":0,\"text\":\"" + text + "\"}";
    }

    @Test
    void aGapIsFollowedByWhatItBroughtAndThenByWhatComes() {
        // When
        print(
                true,
                List.of(
                        gap(String.join(
                                ",",
                                whole("completed", "One?", textBlock("First."), ""),
                                whole("failed", "Two?", textBlock("Sec"), ",\"error\":{\"code\":\"overloaded\"}"),
                                whole("cancelled", "Three?", "", ",\"cancel_reason\":\"client\""),
                                whole("running", "Four?", textBlock("Go on "), ""))),
                        Frames.text(7, "and on."),
                        Frames.stop(8)));

        // Then
        assertThat(screen.lines())
                .containsExactly(
                        "[gap: too_old; some of the tape is no longer here, this is what the conversation holds:]",
                        "[2 older answers are not shown]",
                        "> One?",
                        "First.",
                        "> Two?",
                        "Sec",
                        "[failed: overloaded]",
                        "> Three?",
                        "[cancelled: client]",
                        "> Four?",
                        "Go on and on.");
    }

    @Test
    void aSimulatedAnswerIsSaidToBeOne() {
        // When
        print(
                false,
                List.of(
                        Frames.json(
                                1, "message_start", ",\"provider\":\"openai\",\"provider_data\":{\"simulated\":true}"),
                        Frames.text(2, "Hi"),
                        Frames.stop(3)));

        // Then
        assertThat(screen.lines()).containsExactly("Hi");
        assertThat(screen.err()).contains("[simulated: the simulator plays openai, no real model answers]");
    }

    @Test
    void thatAnswersAreSimulatedIsSaidOnceForEachProvider() {
        // When
        print(
                true,
                List.of("openai", "gemini", "openai").stream()
                        .map(provider -> gap(whole("completed", "Why?", textBlock("So."), ",\"simulated\":true")
                                .replace("openai", provider)))
                        .toList());

        // Then
        assertThat(screen.err().lines())
                .containsExactly(
                        "[simulated: the simulator plays openai, no real model answers]",
                        "[simulated: the simulator plays gemini, no real model answers]");
    }

    /** Every field that is printed, each with a title, a bell, C1, an overwritten line and a line of its own. */
    @ParameterizedTest
    @MethodSource("printed")
    void whatComesFromOutsideIsPrintedHarmless(String frame) {
        // Given
        String hostile = "x\\u001b]0;t\\u0007\\u009b2J\\r\\u202ey";
        AnswerPrinter printer = new AnswerPrinter(screen.watched(), true);

        // When
        printer.print(Frames.frame(frame.replace("HOSTILE", hostile)));
        printer.print(Frames.frame(Frames.stop(9)));
        printer.finish();

        // Then
        assertThat(screen.out() + screen.err()).contains("x]0;t2Jy").doesNotMatch("(?s).*[\\p{Cc}\u202e&&[^\n]].*");
    }

    static List<String> printed() {
        return List.of(
                Frames.userMessage(0, "HOSTILE"),
                Frames.text(1, "HOSTILE"),
                Frames.json(1, "content_block_delta", ",\"delta\":{\"type\":\"refusal\",\"text\":\"HOSTILE\"}"),
                Frames.json(1, "content_block_start", ",\"block\":{\"type\":\"tool_use\",\"tool_name\":\"HOSTILE\"}"),
                Frames.json(
                        1,
                        "content_block_start",
                        ",\"block\":{\"type\":\"server_tool_use\",\"tool_name\":\"HOSTILE\"}"),
                Frames.json(1, "cancelled", ",\"reason\":\"HOSTILE\""),
                Frames.json(1, "error", ",\"error\":{\"code\":\"HOSTILE\",\"message\":\"too busy\"}"),
                Frames.json(1, "error", ",\"error\":{\"code\":\"busy\",\"message\":\"HOSTILE\"}"),
                verdict(1, "block", "HOSTILE"),
                verdict(1, "redact", "HOSTILE"),
                verdict(1, "HOSTILE", "card"),
                Frames.json(1, "message_start", ",\"provider\":\"HOSTILE\",\"provider_data\":{\"simulated\":true}"),
                gap("").replace("too_old", "HOSTILE"),
                gap(whole("completed", "HOSTILE", "", "")),
                gap(whole("completed", "Why?", textBlock("HOSTILE"), "")),
                gap(whole("completed", "Why?", "{\"type\":\"tool_use\",\"tool_name\":\"HOSTILE\"}", "")),
                gap(whole("HOSTILE", "Why?", "", "")),
                gap(whole("failed", "Why?", "", ",\"error\":{\"code\":\"HOSTILE\",\"message\":\"m\"}")));
    }
}

package dev.tokentape.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.standalone.Frames;
import dev.tokentape.standalone.Screen;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            2 | ,"reason":"producer_lost"                                  | [attempt 2, the answer starts over: producer_lost]
            2 | ,"reason":"regenerated","verdict":{"rule_id":"no-excuses"} | [attempt 2, the answer starts over: regenerated by rule no-excuses]
            1 | ,"reason":"provider_restarted"                             | [attempt 1, the answer starts over: provider_restarted]
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
}

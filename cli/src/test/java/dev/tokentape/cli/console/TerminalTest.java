package dev.tokentape.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tokentape.cli.Screen;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalTest {

    private final Screen screen = new Screen();

    /** The beginning of what steers: colours, titles, C1, bells, line feeds back, direction. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b[31m",
                "\u001b]0;title\u0007",
                "\u001b]8;;http://example.org\u001b\\",
                "\u001bP1$r\u001b\\",
                "\u009b31m",
                "\u009d0;title\u009c",
                "\u0090",
                "\u0007",
                "\b\b",
                "\r",
                "\u000b",
                "\f",
                "\u0000",
                "\u000e",
                "\u007f",
                "\u0085",
                "\u202e",
                "\u202a",
                "\u2066",
                "\u2069"
            })
    void nothingFromOutsideSteersATerminal(String steering) throws Exception {
        // Given
        Terminal terminal = screen.watched();
        String text = "a" + steering + "b";

        // When
        terminal.line(text);
        terminal.note(text);
        terminal.piece(text);
        text.chars().forEach(character -> terminal.piece(String.valueOf((char) character)));
        terminal.out().write(text.toCharArray(), 0, text.length());
        terminal.json(JsonNodeFactory.instance.objectNode().put("text", text).put(text, 1));

        // Then
        String steers = steering.replaceAll("[ -~]", "");
        assertThat(steers).isNotEmpty();
        for (char character : steers.toCharArray()) {
            assertThat(screen.out() + screen.err()).doesNotContain(String.valueOf(character));
        }
        JsonNode read = new ObjectMapper().readTree(screen.lines().getLast().replaceFirst("^[^{]*", ""));
        assertThat(read.path("text").asText()).isEqualTo(text);
    }

    @Test
    void everyControlCharacterButLineBreaksAndTabsIsKeptBack() {
        // Given
        Terminal terminal = screen.watched();

        // When
        IntStream.range(0, 0x3000).forEach(character -> terminal.piece(Character.toString(character)));

        // Then
        assertThat(screen.out())
                .doesNotMatch("(?s).*[\\p{Cc}&&[^\n\t]].*")
                .contains("\n", "\t", "a", "é", "א", "\u200f");
    }

    @Test
    void aFileGetsWhatTheAnswerSays() {
        // When
        screen.terminal().piece("printf '\u001b[1m'\r\n");

        // Then
        assertThat(screen.out()).isEqualTo("printf '\u001b[1m'\r\n");
    }

    @Test
    void whatDrawsHasItsOwnWayToTheTerminal() {
        // Given
        Terminal terminal = screen.watched();

        // When
        terminal.canvas().print("\u001b[2Kdrawn");
        terminal.canvas().flush();

        // Then
        assertThat(screen.out()).isEqualTo("\u001b[2Kdrawn");
    }
}

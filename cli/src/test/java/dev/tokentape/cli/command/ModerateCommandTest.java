package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ModerateCommandTest {

    private static final String TEXT = "Card 4111 1111 1111 1111, say 😀 to Blofeld.\n";

    private final Screen screen = new Screen();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private int moderate(String input, String... arguments) {
        ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return new CommandLine(new ModerateCommand(screen.terminal(), in)).execute(arguments);
    }

    private String file(String rules) throws IOException {
        return Files.writeString(directory.resolve("rules.yaml"), rules).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--chunk 1", "--chunk 7", "--seed 3", "--seed 4 --trace"})
    void textIsFilteredTheSameHoweverItIsCut(String cutting) {
        // Given
        List<String> arguments = new ArrayList<>(List.of(cutting.split(" ")));
        arguments.removeIf(String::isEmpty);

        // When
        int exit = moderate(TEXT, arguments.toArray(String[]::new));

        // Then
        assertThat(exit).isZero();
        assertThat(screen.out()).isEqualTo("Card [card number], say 😀 to Blofeld.\n");
    }

    @Test
    void aBlockEndsWithOneAndTheTraceNamesTheRule() throws IOException {
        // When
        int exit = moderate(
                TEXT,
                "--rules",
                file("rules:\n  - {id: villain, words: [blofeld], action: block}"),
                "--chunk",
                "5",
                "--trace");

        // Then
        assertThat(exit).isEqualTo(1);
        assertThat(screen.out()).isEqualTo("Card 4111 1111 1111 1111, say 😀 to ");
        assertThat(screen.err()).contains("held for villain: \"Blo", "ended here: block by rule villain (other)");
    }

    @Test
    void toolInputStaysJson() throws IOException {
        // When
        int exit = moderate(
                "{\"to\":\"Blof\\u0065ld\"}",
                "--rules",
                file("rules:\n  - {id: villain, words: [blofeld], mask: '\"X\"'}"),
                "--channel",
                "tool_input",
                "--chunk",
                "1");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.out()).isEqualTo("{\"to\":\"\\\"X\\\"\"}");
    }

    @Test
    void aFileIsCheckedAndExplained() throws IOException {
        // When
        int good = Tokentape.run(screen.terminal(), "rules", "check", file("rules:\n  - {id: a, words: [b, c]}"));
        int bad = Tokentape.run(
                screen.terminal(), "rules", "check", "--json", file("rules:\n  - {id: a, pattern: 'b+'}"));

        // Then
        assertThat(good).isZero();
        assertThat(bad).isEqualTo(1);
        assertThat(screen.out())
                .contains("a (other, line 2)", "0 literals, 2 words, 0 patterns")
                .contains("{\"ok\":false,\"problems\":[{\"line\":2,\"message\":\"rule a: the repeat + has no "
                        + "upper bound");
    }
}

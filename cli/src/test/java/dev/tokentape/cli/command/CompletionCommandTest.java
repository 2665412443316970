package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CompletionCommandTest {

    private final Screen screen = new Screen();

    @TempDir
    private Path folder;

    private String script(String shell) {
        assertThat(Tokentape.run(screen.terminal(), "completion", shell)).isZero();
        return screen.out();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(told).isZero();
        return told;
    }

    @Test
    void theScriptForBashIsOne() throws Exception {
        // Given
        Path script = Files.writeString(folder.resolve("completion"), script("bash"));

        // When
        String told = run(List.of("bash", "-n", script.toString()));

        // Then
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "tokentape mod,moderate",
        "tokentape comp,completion",
        "tokentape rules pub,publish",
        "tokentape rules ch,check",
        "tokentape ask --fall,--fallback",
        "tokentape show --cac,--cacert",
        "./tokentape l,ls"
    })
    void bashCompletesCommandsAndOptions(String line, String completed) throws Exception {
        // Given
        Path script = Files.writeString(folder.resolve("completion"), script("bash"));
        String completing = "source %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                + "$(complete -p tokentape | sed 's/.*-F \\([^ ]*\\).*/\\1/'); printf '%%s\\n' \"${COMPREPLY[@]}\"";

        // When
        String told = run(List.of("bash", "-c", completing.formatted(script, line)));

        // Then
        assertThat(told.lines().map(String::strip)).contains(completed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "complete -c tokentape -n '__fish_use_subcommand' -a ask -d ",
                "complete -c tokentape -n '__fish_seen_subcommand_from ask' -l json -d ",
                "complete -c tokentape -n '__fish_seen_subcommand_from ask' -l file -r -F -d ",
                "complete -c tokentape -n '__fish_seen_subcommand_from ask' -s c -l conversation -x -d ",
                "complete -c tokentape -n '__fish_seen_subcommand_from rules; and "
                        + "__fish_seen_subcommand_from publish' -l set -x"
            })
    void fishIsToldEveryCommandAndItsOptions(String beginning) {
        // When
        String script = script("fish");

        // Then
        assertThat(script.lines()).anyMatch(line -> line.startsWith(beginning));
        assertThat(script.lines()).allMatch(line -> line.startsWith("complete -c tokentape ") || line.startsWith("#"));
    }

    @Test
    void anotherShellIsWrongUse() {
        // When
        int exit = Tokentape.run(screen.terminal(), "completion", "tcsh");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("tcsh").contains("completion --help");
    }
}

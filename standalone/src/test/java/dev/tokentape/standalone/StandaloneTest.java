package dev.tokentape.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StandaloneTest {

    private final Screen screen = new Screen();

    private int run(String... arguments) {
        return Tokentape.run(screen.terminal(), Standalone.commands(screen.terminal()), arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "up", "simulator"})
    void everyCommandHasHelpWithItsExitCodes(String command) {
        // When
        int exit = run(command, "--help");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.out()).contains("tokentape " + command, "Exit codes:", "130");
    }

    @Test
    void theHelpSaysWhereToStart() {
        // When
        run();

        // Then
        assertThat(screen.err()).contains("demo", "gateway", "Start with: tokentape demo");
    }

    @ParameterizedTest
    @CsvSource({
        "up --port 99999,--port",
        "up --kafka-port -1,--kafka-port",
        "simulator --port x,--port",
        "simulator --replay no-such-file,no-such-file",
        "demo --json,--once"
    })
    void whatCannotBeMeantIsWrongUseThatNamesIt(String line, String named) {
        // When
        int exit = run(line.split(" "));

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains(named).doesNotContain("Exception").doesNotContain("HTTP ");
    }

    @Test
    void aSlipOfThePenIsToldWithWhatWasProbablyMeant() {
        // When
        int exit = run("up", "--prot", "1");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err().lines().findFirst())
                .contains("tokentape: there is no option --prot; did you mean --port?");
    }

    @Test
    void printConfigOfTheSimulatorNeedsNoPort() {
        // When
        int exit = run("simulator", "--print-config", "--set", "simulator.tps=100");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines()).contains("simulator.tps = 100");
    }

    @Test
    void aWrongSimulatorSettingIsWrongUse() {
        // When
        int exit = run("simulator", "--set", "simulator.tps=quick");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("tps=quick");
    }

    @Test
    void upReadsTheSettingsOfEveryPartBeforeItStartsAny(@TempDir Path folder) {
        // When
        int exit = run(
                "up",
                "--data",
                folder.resolve("d").toString(),
                "--set",
                "producer.max-runs=many",
                "--set",
                "processor.threads=0",
                "--set",
                "gateway.keep-alive=soon");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("producer.max-runs", "processor.threads", "gateway.keep-alive");
        assertThat(folder.resolve("d")).doesNotExist();
    }

    @Test
    void aDataFolderThatIsAFileIsOneLine(@TempDir Path folder) throws IOException {
        // Given
        Path file = Files.createFile(folder.resolve("file"));

        // When
        int exit = run("up", "--port", "0", "--data", file.toString());

        // Then
        assertThat(exit).isEqualTo(69);
        assertThat(screen.err())
                .contains(file + " is a file")
                .contains("--data")
                .doesNotContain("Exception");
    }

    @Test
    void aPortInUseIsOneLineBeforeAnythingStarts(@TempDir Path folder) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            int exit = run(
                    "up",
                    "--port",
                    Integer.toString(taken.getLocalPort()),
                    "--data",
                    folder.resolve("d").toString());

            // Then
            assertThat(exit).isEqualTo(69);
            assertThat(screen.err()).contains("port " + taken.getLocalPort()).contains("--port");
            assertThat(Files.exists(folder.resolve("d"))).isFalse();
        }
    }
}

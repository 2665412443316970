package dev.tokentape.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

    private static final SimulatorConfig CONFIG =
            SimulatorConfig.defaults().withTimeToFirstToken(0).withTokensPerSecond(0);
    private static final String UNTERMINATED = """
            : a comment, as some gateways send

            data: {"choices":[{"index":0,"delta":{"content":"Grüße, 東京 👍"}}]}

            event: odd
            data: two
            data: lines

            data: {"choices":[{"index":0,"del""";

    @TempDir
    Path folder;

    @Test
    void aRecordingIsServedToTheByteForAnyPost() throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("handmade.sse"), UNTERMINATED);
        try (var simulator = Simulator.start(CONFIG.withReplay(file));
                var client = new Client(simulator)) {
            // When
            var chat = client.post(Client.CHAT, Client.chat("gpt-4o-mini", "x"));
            var elsewhere = client.post("/anything/else", "no JSON");

            // Then
            assertThat(chat.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
            assertThat(chat.body()).isEqualTo(UNTERMINATED.getBytes(StandardCharsets.UTF_8));
            assertThat(elsewhere.body()).isEqualTo(chat.body());
            assertThat(simulator.calls()).extracting(SimulatedCall::api).containsExactly("openai-chat", "replay");
            assertThat(simulator.calls()).extracting(SimulatedCall::tokens).containsExactly(4, 4);
        }
    }

    @Test
    void faultsOfTheConnectionWorkOnARecordingAndOthersAreRefused() throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("handmade.sse"), UNTERMINATED);
        try (var simulator = Simulator.start(CONFIG.withReplay(file));
                var client = new Client(simulator)) {
            // When
            var malformed = client.post(Client.CHAT, Client.chat("sim?fault=malformed@1", "x"));
            var unavailable = client.post(Client.CHAT, Client.chat("sim?fault=http-error=503", "x"));
            // The last, because it closes the connection, which the client would use again.
            String truncated = client.text(Client.CHAT, Client.chat("sim?fault=truncate@1", "x"));

            // Then
            assertThat(truncated).isEqualTo(": a comment, as some gateways send\n\n");
            assertThat(malformed.statusCode()).isEqualTo(400);
            assertThat(unavailable.statusCode()).isEqualTo(503);
        }
    }

    @Test
    void everyRecordedStreamIsServedToTheByte() throws Exception {
        Path recordings = Path.of(Objects.requireNonNullElse(
                System.getenv("TOKENTAPE_RECORDED_STREAMS"), "../../shared/recorded-streams"));
        assumeTrue(
                Files.isDirectory(recordings),
                "skipped: there are no recorded streams at " + recordings
                        + " (set TOKENTAPE_RECORDED_STREAMS to their folder)");
        List<Path> files;
        try (var found = Files.walk(recordings)) {
            files = found.filter(file -> file.toString().matches(".*\\.(sse|ndjson|eventstream)"))
                    .sorted()
                    .toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            assertThat(served(file)).as(file.toString()).isEqualTo(Files.readAllBytes(file));
        }
    }

    private static byte[] served(Path file) throws IOException, InterruptedException {
        try (var simulator = Simulator.start(CONFIG.withReplay(file));
                var client = new Client(simulator)) {
            return client.http
                    .send(client.request(Client.CHAT, "{}").build(), BodyHandlers.ofByteArray())
                    .body();
        }
    }
}

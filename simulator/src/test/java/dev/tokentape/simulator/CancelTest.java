package dev.tokentape.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CancelTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private Simulator simulator;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(
                SimulatorConfig.defaults().withTimeToFirstToken(1).withTokens(100_000, 100_000));
        client = new Client(simulator);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @Test
    void theClientsCloseIsSeenInMidStream() throws Exception {
        // Given
        InputStream body = client.http
                .send(client.request(Client.CHAT, Client.chat("sim", "x")).build(), BodyHandlers.ofInputStream())
                .body();
        await().atMost(BOUND).until(() -> simulator.calls().getFirst().tokens() > 5);

        // When
        body.close();

        // Then
        await().atMost(BOUND).until(() -> ended(Outcome.CLOSED_BY_CLIENT));
        var call = simulator.calls().getFirst();
        assertThat(Objects.requireNonNull(call.clientClosed())).isEqualTo(call.ended());
        assertThat(call.clientClosed()).isGreaterThan(Objects.requireNonNull(call.firstByte()));
        assertThat(call.tokens()).isBetween(6, 99_999);
        assertThat(call.fault()).isNull();
    }

    @Test
    void theClientsCloseIsSeenBeforeTheFirstToken() throws Exception {
        // Given
        var socket = client.socket(Client.MESSAGES, Client.messages("sim?ttft=3600000", "x", true), 65_536);
        await().atMost(BOUND).until(() -> !simulator.calls().isEmpty());

        // When
        socket.close();

        // Then
        await().atMost(BOUND).until(() -> ended(Outcome.CLOSED_BY_CLIENT));
        assertThat(simulator.calls().getFirst().firstByte()).isNull();
        assertThat(simulator.calls().getFirst().tokens()).isZero();
    }

    @Test
    void theClientsCloseIsSeenBeforeTheHeadOfTheResponse() throws Exception {
        // Given
        var socket = client.socket(Client.CHAT, Client.chat("sim?fault=slow-headers=3600000", "x"), 65_536);
        await().atMost(BOUND).until(() -> !simulator.calls().isEmpty());

        // When
        socket.close();

        // Then
        await().atMost(BOUND).until(() -> ended(Outcome.CLOSED_BY_CLIENT));
        assertThat(simulator.calls().getFirst().status()).isZero();
    }

    @Test
    void theClientsCloseIsSeenDuringAnAnswerInOnePiece() throws Exception {
        // Given
        var socket = client.socket(Client.MESSAGES, Client.messages("sim", "x", false), 65_536);
        await().atMost(BOUND)
                .until(() -> !simulator.calls().isEmpty()
                        && simulator.calls().getFirst().tokens() > 5);

        // When
        socket.close();

        // Then
        await().atMost(BOUND).until(() -> ended(Outcome.CLOSED_BY_CLIENT));
    }

    @Test
    void aReaderWhoDoesNotReadStopsTheGeneration() throws Exception {
        // Given: the answer, some 30 MB, is far larger than what sockets hold
        try (var socket = client.socket(Client.CHAT, Client.chat("sim?tps=0", "x"), 32_768)) {
            await().atMost(BOUND)
                    .until(() -> !simulator.calls().isEmpty()
                            && simulator.calls().getFirst().tokens() > 0);

            // When: nothing is read for a while
            await().during(Duration.ofMillis(700)).atMost(BOUND).until(new Unchanged());
            int stoppedAt = simulator.calls().getFirst().tokens();

            // Then
            assertThat(stoppedAt).isBetween(1, 50_000);

            // And it goes on when the reader does
            socket.getInputStream().readNBytes(4_000_000);
            await().atMost(BOUND).until(() -> simulator.calls().getFirst().tokens() > stoppedAt);
        }
    }

    private boolean ended(Outcome outcome) {
        return simulator.calls().getFirst().outcome() == outcome;
    }

    /** True while the count of generated tokens is what it was when it was looked at last. */
    private final class Unchanged implements java.util.concurrent.Callable<Boolean> {
        private int last = -1;

        @Override
        public Boolean call() {
            int now = simulator.calls().getFirst().tokens();
            boolean same = now == last;
            last = now;
            return same;
        }
    }
}

package dev.tokentape.producer.provider.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class HttpCallTest extends HttpCallScenario {

    @Test
    void anAnswerArrivesWithItsTimes() throws Exception {
        // Given
        UpstreamCall call = callTo(connection -> {
            connection.head();
            connection.send(HELLO);
            connection.send(END);
        });

        // When
        call.run();

        // Then
        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("MessageStart", "BlockStart", "BlockDelta", "BlockStop", "MessageStop");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.envelope().runId()).isEqualTo("run-1");
            assertThat(event.envelope().provider()).isEqualTo("local");
            assertThat(event.envelope().model()).isEqualTo("test-model");
            assertThat(event.envelope().requestedAt()).isPositive();
            assertThat(event.envelope().receivedAt())
                    .isGreaterThanOrEqualTo(event.envelope().requestedAt());
            assertThat(event.envelope().elapsedNanos()).isPositive();
        });
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"tokentape-simulator,'{\"simulated\":true}'", "cloudflare,-", "-,-"})
    void onlyWhatTheSimulatorAnsweredIsMarkedAsSimulated(@Nullable String server, @Nullable String providerData)
            throws Exception {
        // Given
        UpstreamCall call = callTo(connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
                    + (server == null ? "" : "Server: " + server + "\r\n") + "\r\n");
            connection.send(HELLO);
            connection.send(END);
        });

        // When
        call.run();

        // Then
        assertThat(events.getFirst())
                .isInstanceOfSatisfying(
                        TokenEvent.MessageStart.class,
                        start -> assertThat(start.providerData()).isEqualTo(providerData));
    }

    @Test
    void aProviderThatIsNotThereFailsToConnect() throws Exception {
        // Given
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        // When
        call("http://127.0.0.1:" + port, Map.of()).run();

        // Then
        assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.CONNECT);
        assertThat(onlyError().getCode()).isEqualTo("connect_failed");
        assertThat(onlyError().getRetryable()).isTrue();
    }

    @Test
    void aConnectionClosedWithoutAnAnswerFailsBeforeOutput() throws Exception {
        // Given
        UpstreamCall call = callTo(connection -> connection.socket().close());

        // When
        call.run();

        // Then
        assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(onlyError().getCode()).isEqualTo("upstream_disconnected");
    }

    @Test
    void aBodyThatEndsEarlyIsTruncated() throws Exception {
        // Given
        UpstreamCall call = callTo(connection -> {
            connection.head();
            connection.send(HELLO + "data: {\"id\":\"a\",\"choi");
        });

        // When
        call.run();

        // Then
        assertThat(error().getPhase()).isEqualTo(ErrorPhase.TRUNCATED);
        assertThat(events.stream().filter(TokenEvent::isTerminal)).hasSize(1);
    }

    @Test
    void aConnectionThatBreaksIsTruncatedAndItsLastWholeLineIsRead() throws Exception {
        // Given
        UpstreamCall call = callTo(connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n");
            connection.send(HELLO.stripTrailing());
        });

        // When
        call.run();

        // Then
        assertThat(events).hasAtLeastOneElementOfType(TokenEvent.BlockDelta.class);
        assertThat(error().getPhase()).isEqualTo(ErrorPhase.TRUNCATED);
    }

    @Test
    void aLineWithoutEndIsRefusedWithoutBeingKept() throws Exception {
        // Given
        UpstreamCall call = callTo(connection -> {
            connection.head();
            connection.send("data: ");
            while (true) {
                connection.send("x".repeat(100_000));
            }
        });

        // When
        call.run();

        // Then
        assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.PARSE);
        assertThat(onlyError().getCode()).isEqualTo("event_too_large");
    }

    @Test
    void aSinkThatBlocksStopsTheReading() throws Exception {
        // Given
        room.drainPermits();
        UpstreamCall call = callTo(connection -> {
            connection.head();
            while (true) {
                connection.send(HELLO);
            }
        });
        Thread runner = start(call);
        await().until(room::hasQueuedThreads);

        // When
        long stalled = stalledAt();

        // Then
        assertThat(stalled).isLessThan(32L * 1024 * 1024);
        assertThat(events).isEmpty();
        room.release(1_000_000);
        await().until(() -> requireServer().sentBytes() > stalled);
        cancellation.cancel("done");
        runner.join();
        assertThat(events.getLast()).isInstanceOf(TokenEvent.Cancelled.class);
    }
}

package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpCallTest {

    private static final String HELLO = """
            data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}]}

            """;
    private static final String END = """
            data: {"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: [DONE]

            """;

    private final List<TokenEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore room = new Semaphore(Integer.MAX_VALUE);
    private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    private @Nullable ScriptedServer server;

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

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
    void silenceBeforeTheHeadersTimesOut() throws Exception {
        // Given
        UpstreamCall call = callTo(ScriptedServer.Connection::awaitClose, "first-byte-timeout", "200ms");

        // When
        call.run();

        // Then
        assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(onlyError().getCode()).isEqualTo("upstream_timeout");
    }

    @Test
    void silenceBeforeTheFirstByteTimesOut() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    connection.awaitClose();
                },
                "first-byte-timeout",
                "200ms");

        // When
        call.run();

        // Then
        assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(onlyError().getCode()).isEqualTo("upstream_timeout");
    }

    @Test
    void silenceBetweenTokensTimesOut() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    connection.send(HELLO);
                    connection.awaitClose();
                },
                "between-tokens-timeout",
                "200ms");

        // When
        call.run();

        // Then
        assertThat(error().getPhase()).isEqualTo(ErrorPhase.MID_STREAM);
        assertThat(error().getCode()).isEqualTo("upstream_timeout");
    }

    @Test
    void anAnswerThatGoesOnForeverTimesOutThoughItIsNeverSilent() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    while (true) {
                        connection.send(": keep-alive\n\n");
                        Thread.onSpinWait();
                    }
                },
                "max-answer-duration",
                "300ms");

        // When
        call.run();

        // Then
        assertThat(onlyError().getCode()).isEqualTo("upstream_timeout");
    }

    @Test
    void silenceAfterAWholeAnswerEndsItWell() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    connection.send(HELLO);
                    connection.send(END.substring(0, END.indexOf("data: [DONE]")));
                    connection.awaitClose();
                },
                "between-tokens-timeout",
                "200ms");

        // When
        call.run();

        // Then
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
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
    void cancelBeforeTheStartPreventsTheCall() throws Exception {
        // Given
        UpstreamCall call = callTo(ScriptedServer.Connection::head);
        call.cancel("client_request");
        call.cancel("second thought");

        // When
        call.run();

        // Then
        assertThat(events).hasSize(1);
        assertThat(cancelled().reason()).isEqualTo("client_request");
        assertThat(requireServer().connections()).isZero();
    }

    @Test
    void cancelWhileWaitingForTheHeadersClosesTheConnection() throws Exception {
        // Given
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        UpstreamCall call = callTo(connection -> {
            asked.countDown();
            connection.awaitClose();
            closed.countDown();
        });
        Thread runner = start(call);
        asked.await();

        // When
        call.cancel("client_request");

        // Then
        closed.await();
        runner.join();
        assertThat(events).hasSize(1);
        assertThat(cancelled().usage()).isNull();
        assertThat(cancelled().billingStops()).isEqualTo("unknown");
    }

    @Test
    void cancelMidStreamClosesTheConnectionAndKeepsTheUsageKnown() throws Exception {
        // Given
        CountDownLatch closed = new CountDownLatch(1);
        UpstreamCall call = callTo(connection -> {
            connection.head();
            connection.send(HELLO.replace("\"choices\"", "\"usage\":{\"prompt_tokens\":7},\"choices\""));
            connection.awaitClose();
            closed.countDown();
        });
        Thread runner = start(call);
        await().until(() -> events.size() >= 3);

        // When
        call.cancel("client_request");

        // Then
        closed.await();
        runner.join();
        assertThat(events.stream().filter(TokenEvent::isTerminal)).hasSize(1);
        assertThat(cancelled().usage()).isNotNull().satisfies(usage -> {
            assertThat(usage.getInputTokens()).isEqualTo(7);
            assertThat(usage.getComplete()).isFalse();
        });
    }

    @Test
    void cancelClosesTheConnectionAtOnceThoughTheSinkBlocks() throws Exception {
        // Given
        CountDownLatch closed = new CountDownLatch(1);
        room.drainPermits();
        UpstreamCall call = callTo(connection -> {
            connection.head();
            connection.send(HELLO);
            connection.awaitClose();
            closed.countDown();
        });
        Thread runner = start(call);
        await().until(room::hasQueuedThreads);

        // When
        call.cancel("client_request");

        // Then
        closed.await();
        assertThat(events).isEmpty();
        room.release(100);
        runner.join();
        assertThat(cancelled().reason()).isEqualTo("client_request");
    }

    @Test
    void cancelAfterTheEndChangesNothing() throws Exception {
        // Given
        UpstreamCall call = callTo(connection -> {
            connection.head();
            connection.send(HELLO + END);
        });
        call.run();

        // When
        call.cancel("client_request");

        // Then
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
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
        call.cancel("done");
        runner.join();
        assertThat(events.getLast()).isInstanceOf(TokenEvent.Cancelled.class);
    }

    @Test
    void anInterruptedThreadClosesTheConnectionAndSaysSo() throws Exception {
        // Given
        CountDownLatch closed = new CountDownLatch(1);
        UpstreamCall call = callTo(connection -> {
            connection.head();
            connection.send(HELLO);
            connection.awaitClose();
            closed.countDown();
        });
        Thread runner = start(call);
        await().until(() -> events.size() >= 3);

        // When
        runner.interrupt();

        // Then
        closed.await();
        runner.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(events.stream().filter(TokenEvent::isTerminal)).isEmpty();
    }

    /** Bytes the server could send until nobody took more. */
    private long stalledAt() {
        AtomicReference<Long> before = new AtomicReference<>(-1L);
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long now = requireServer().sentBytes();
            return now > 0 && before.getAndSet(now) == now;
        });
        return requireServer().sentBytes();
    }

    private UpstreamCall callTo(ScriptedServer.Script script, String... settings) throws IOException {
        server = new ScriptedServer(script);
        Map<String, String> more = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            more.put(settings[i], settings[i + 1]);
        }
        return call(requireServer().url(), more);
    }

    private UpstreamCall call(String url, Map<String, String> settings) {
        Map<String, String> given = new HashMap<>();
        given.put("providers", "local");
        given.put("provider.local.api", "openai-chat-completions");
        given.put("provider.local.base-url", url);
        settings.forEach((key, value) -> given.put("provider.local." + key, value));
        Settings read = Settings.of(given);
        Providers providers = Providers.from(read);
        read.check();
        return providers.named("local").orElseThrow().prepare(Jobs.asking("Say hello."), "run-1", event -> {
            room.acquire();
            events.add(event);
        });
    }

    private Thread start(UpstreamCall call) {
        return Thread.ofVirtual().start(() -> {
            try {
                call.run();
            } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
    }

    private ErrorInfo onlyError() {
        assertThat(events).hasSize(1);
        return error();
    }

    private ErrorInfo error() {
        assertThat(events.getLast()).isInstanceOf(TokenEvent.Failed.class);
        return ((TokenEvent.Failed) events.getLast()).error();
    }

    private TokenEvent.Cancelled cancelled() {
        assertThat(events.getLast()).isInstanceOf(TokenEvent.Cancelled.class);
        return (TokenEvent.Cancelled) events.getLast();
    }

    private ScriptedServer requireServer() {
        return Objects.requireNonNull(server);
    }
}

package dev.tokentape.producer.provider.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a call ends that nobody wants any more. */
@Timeout(30)
class HttpCallCancelTest extends HttpCallScenario {

    @Test
    void cancelBeforeTheStartPreventsTheCall() throws Exception {
        // Given
        UpstreamCall call = callTo(ScriptedServer.Connection::head);
        cancellation.cancel("client_request");
        cancellation.cancel("second thought");

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
        cancellation.cancel("client_request");

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
        cancellation.cancel("client_request");

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
        cancellation.cancel("client_request");

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
        cancellation.cancel("client_request");

        // Then
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
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
}

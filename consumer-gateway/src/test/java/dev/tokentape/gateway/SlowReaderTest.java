package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlowReaderTest {

    private static final String WORD = "x".repeat(10_000);
    private static final int EVENTS = 2_000;

    /** One loop for all connections: who blocks it, blocks all. */
    private final TestGateway gateway = new TestGateway("gateway.threads", "1");

    private final Answering answer =
            new Answering(gateway.tape, "talk", UUID.randomUUID().toString());

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void whoDoesNotReadIsNotReadForAndSlowsNobody() throws IOException {
        try (RawConnection stalled = new RawConnection(gateway.port(), 16 * 1024)) {
            // Given a client that asks for 20 MB and reads nothing
            answer.prompted("Hello?");
            answer.begun();
            for (int i = 0; i < EVENTS; i++) {
                answer.says(WORD, false);
            }
            answer.ends();
            String path = "/v1/conversations/talk/responses/" + answer.responseId() + "/events";
            stalled.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await().until(() -> gateway.tape.pulls.get() > 0);

            // When another client reads the same, twice over
            for (int i = 0; i < 2; i++) {
                assertThat(new SseClient(gateway.open(gateway.request(path).build())).rest())
                        .hasSize(EVENTS + 5);
            }

            // Then the tape was asked for the two, and for the first only what fits into buffers
            long forTheStalled = gateway.tape.pulls.get() - 2 * (EVENTS + 6);
            assertThat(forTheStalled).isLessThan(100);
            // And nothing is lost for it: it reads on where it stands
            String head = stalled.answer();
            assertThat(head).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aBurstGoesOutInFewWritesAndManyWakeUpsAreOneTurn() throws Exception {
        // Given a reader, and the one event loop held up
        SseClient client = new SseClient(
                gateway.open(gateway.request("/v1/conversations/talk/events").build()));
        await().until(() -> gateway.tape.readers("talk") == 1);
        answer.prompted("Hello?");
        client.take(1);
        double turns = turns();
        double flushes = flushes();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        gateway.commands.onAsk = _ -> {
            held.countDown();
            try {
                gate.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        };
        var asking = gateway.client.sendAsync(
                gateway.postRequest("/v1/conversations/other/responses", "{\"prompt\":\"x\"}"),
                java.net.http.HttpResponse.BodyHandlers.ofString());
        held.await(20, TimeUnit.SECONDS);

        // When a hundred events arrive meanwhile, each with its wake-up
        answer.begun();
        for (int i = 0; i < 98; i++) {
            answer.says("word");
        }
        gate.countDown();

        // Then they go out in one turn with one flush
        assertThat(client.take(100)).hasSize(100);
        assertThat(asking.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
        assertThat(turns() - turns).isBetween(1.0, 2.0);
        assertThat(flushes() - flushes).isEqualTo(1);
    }

    private double turns() {
        return gateway.registry
                .get("tokentape.gateway.stream.turns")
                .tag("transport", "sse")
                .counter()
                .count();
    }

    private double flushes() {
        return gateway.registry
                .get("tokentape.gateway.stream.flushes")
                .tag("transport", "sse")
                .counter()
                .count();
    }
}

package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two gateways on one broker: what a client has from one is good at the other. */
class TwoGatewaysTest {

    private static final int CONVERSATIONS = 12;
    private static final String STEADY = "sim?tps=60&tokens=240&ttft=20";

    private static House house = House.start();
    private static List<Client> gateways = List.of();

    @BeforeAll
    static void start() {
        house.processor();
        house.producer();
        Map<String, String> settings = Map.of("gateway.unwatched-grace", "2s");
        gateways = List.of(
                new Client(house.gateway(settings).url()),
                new Client(house.gateway(settings).url()));
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static String response(JsonNode accepted) {
        return accepted.get("response_id").textValue();
    }

    @Test
    void clientsThatMoveBetweenThemOverAllTransportsReadEachEventOnce() throws Exception {
        // Given as many running answers
        long seed = Long.getLong("tokentape.seed", System.nanoTime());
        System.out.println("TwoGatewaysTest seed: " + seed + " (-Dtokentape.seed)");
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<JsonNode>>> reading = new ArrayList<>();
            List<String> responses = new ArrayList<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                String conversation = "moving-" + i;
                JsonNode accepted = gateways.get(i % 2).ask(conversation, "On and on " + i, STEADY);
                SplittableRandom random = new SplittableRandom(seed + i);
                responses.add(response(accepted));

                // When each is read here and there, from cursor to cursor
                String cursor = accepted.get("cursor").textValue();
                reading.add(clients.submit(() ->
                        new MovingReader(gateways, conversation, response(accepted), cursor, random).readToTheEnd()));
            }

            // Then nothing is missing, nothing comes twice, and all is in order
            for (int i = 0; i < CONVERSATIONS; i++) {
                List<JsonNode> read = reading.get(i).get();
                assertThat(read.stream().map(event -> event.path("response_id").textValue()))
                        .containsOnly(responses.get(i));
                assertThat(read.stream().map(event -> event.get("sequence").longValue()))
                        .isEqualTo(LongStream.range(0, read.size()).boxed().toList());
            }
        }
    }

    @Test
    void aClientThatMovesKeepsTheAnswerItAskedForAndLosesItWhenItLeavesForGood() {
        // Given an answer that is to end when nobody reads it, asked for at one gateway and read at the other
        Client asked = gateways.getFirst();
        Client other = gateways.getLast();
        String response = response(Client.parse(asked.postBody(
                        "moved",
                        Map.of(
                                "prompt",
                                "For as long as I am here",
                                "model",
                                "sim?tps=20&tokens=2000&ttft=20",
                                "cancel_when_unwatched",
                                true),
                        Map.of())
                .body()));
        EventStream reader = other.events("moved", "start");

        // When several grace times pass
        reader.awaitUntil(stream -> stream.events().size() > 20 * 12);

        // Then it still runs
        assertThat(reader.terminals(response)).isEmpty();

        // And when the reader is gone, it is cancelled
        reader.close();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            JsonNode state = asked.json("/v1/conversations/moved/responses/" + response);
            assertThat(state.get("status").textValue()).isEqualTo("cancelled");
            assertThat(state.get("cancel_reason").textValue()).isEqualTo("unwatched");
        });
    }
}

package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.simulator.log.SimulatedCall;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A conversation that is deleted, seen from everywhere. */
class DeleteTest {

    private static final String FAST = "sim?tps=5000&tokens=20&ttft=1";
    private static final String SLOW = "sim?tps=20&tokens=400&ttft=20";

    private static String type(JsonNode event) {
        return event.get("type").textValue();
    }

    private static void awaitDeleted(EventStream stream, String deletion) {
        stream.awaitUntil(read -> read.events().stream()
                .anyMatch(event -> deletion.equals(event.path("response_id").textValue())));
    }

    /** What the topic says last of each whole answer: null where it was taken back. */
    private static Map<String, Boolean> reported(House house) {
        Map<String, Boolean> last = new HashMap<>();
        house.read(Topic.RESPONSES).forEach(record -> last.put(record.key(), record.value() != null));
        return last;
    }

    @Test
    void itIsGoneForEverybodyAndEverywhere() {
        try (House house = House.complete()) {
            // Given a conversation with history and a running answer, read over both transports at two gateways
            Client client = new Client(house.gateway().url());
            Client elsewhere = new Client(house.gateway().url());
            String first = client.askAndWait("gone", "Remember me", FAST)
                    .get("response_id")
                    .textValue();
            String other = client.askAndWait("stays", "Me too", FAST)
                    .get("response_id")
                    .textValue();
            String running =
                    client.ask("gone", "And on", SLOW).get("response_id").textValue();
            EventStream sse = client.events("gone", "start");
            EventStream socket = elsewhere.webSocket("gone", "start");
            sse.awaitUntil(stream -> stream.sequences(running).size() > 10);
            String middle = sse.cursors().get(5);

            // When
            JsonNode deleting = elsewhere.delete("gone");
            String deletion = deleting.get("deletion_id").textValue();
            awaitDeleted(sse, deletion);
            awaitDeleted(socket, deletion);

            // Then readers saw the running answer end before they were told
            for (EventStream stream : List.of(sse, socket)) {
                List<JsonNode> events = stream.events();
                assertThat(type(events.getLast())).isEqualTo("conversation_deleted");
                assertThat(events.get(events.size() - 2).get("reason").textValue())
                        .isEqualTo("deleted");
                assertThat(stream.terminals(running)).hasSize(1);
            }
            // and its call upstream is closed
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            house.simulator().calls().getLast().outcome() == SimulatedCall.Outcome.CLOSED_BY_CLIENT);
            // and neither history nor list nor answers have anything of it
            JsonNode state = client.json("/v1/conversations/gone");
            assertThat(state.get("turns")).isEmpty();
            assertThat(state.get("open")).isEmpty();
            assertThat(client.json("/v1/conversations").findValuesAsText("conversation_id"))
                    .containsExactly("stays");
            assertThat(client.get("/v1/conversations/gone/responses/" + first).statusCode())
                    .isEqualTo(404);
            assertThat(client.get("/v1/conversations/gone/responses/" + running).statusCode())
                    .isEqualTo(404);
            // and whole answers were taken back
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(reported(house))
                            .containsEntry("gone/" + first, false)
                            .containsEntry("gone/" + running, false)
                            .containsEntry("stays/" + other, true));
            // and an old cursor, the start, and a gateway that begins now show nothing of before
            Client late = new Client(house.gateway().url());
            for (Client reader : List.of(client, elsewhere, late)) {
                for (String after : List.of("start", middle)) {
                    JsonNode page = reader.page("gone", after, 100);
                    assertThat(type(page.get("events").get(0))).isEqualTo("conversation_deleted");
                    assertThat(page.get("events")).hasSize(1);
                }
            }

            // And the next question begins anew
            JsonNode anew = client.askAndWait("gone", "Who am I?", FAST);
            assertThat(anew.get("status").textValue()).isEqualTo("completed");
            assertThat(house.simulator().calls().getLast().messages()).isEqualTo(1);
            assertThat(client.json("/v1/conversations/gone").get("turns")).hasSize(1);
        }
    }

    @Test
    void aProcessorKilledRightBehindTheOrderDeletesAllTheSame() {
        try (House house = House.start()) {
            // Given a conversation with three turns, in a processor that commits seldom
            int port = House.freePort();
            house.setting("gateway.processor-urls", "http://127.0.0.1:" + port);
            house.setting("processor.commit-interval", "5s");
            ServiceProcess first = house.processorProcess(port);
            house.producer();
            Client client = new Client(house.gateway().url());
            for (int turn = 0; turn < 3; turn++) {
                client.askAndWait("killed", "Turn " + turn, FAST);
            }
            EventStream reader = client.events("killed", "now");

            // When it is deleted, and the processor dies before it can have committed that
            String deletion = client.delete("killed").get("deletion_id").textValue();
            awaitDeleted(reader, deletion);
            first.kill();
            house.processorProcess(port);

            // Then its successor comes to the same
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
                assertThat(client.json("/v1/conversations/killed").get("turns")).isEmpty();
                assertThat(reported(house)).hasSize(3).doesNotContainValue(true);
            });
            client.askAndWait("killed", "Anew", FAST);
            assertThat(house.simulator().calls().getLast().messages()).isEqualTo(1);
            assertThat(reader.events().stream().filter(event -> type(event).equals("conversation_deleted")))
                    .hasSize(1);
        }
    }
}

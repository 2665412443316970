package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.gateway.Gateway;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One answer's whole way, with everything in good health. */
class AnswerTest {

    private static House house;
    private static Client client;

    @BeforeAll
    static void start() {
        house = House.start();
        house.processor();
        house.producer();
        Gateway gateway = house.gateway();
        client = new Client(gateway.url());
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @Test
    void twoSubscribersSeeTheSameAnswer() {
        // Given
        String conversation = "two-subscribers";
        try (EventStream socket = client.webSocket(conversation, "now");
                EventStream sse = client.events(conversation, "now")) {

            // When
            String response = ask(conversation, "Tell me about tapes", "sim?tps=300&tokens=60&ttft=20");
            socket.awaitEnd(response);
            sse.awaitEnd(response);

            // Then
            assertThat(socket.events().stream().map(EventStream::identity))
                    .containsExactlyElementsOf(
                            sse.events().stream().map(EventStream::identity).toList());
            assertThat(socket.cursors()).isEqualTo(sse.cursors());
            assertThat(socket.text(response)).isNotBlank();
            assertWhole(sse, response);
        }
    }

    @Test
    void aConversationWithAFinishedTurnIsListed() {
        // Given
        String conversation = "listed-conversation";

        // When
        client.askAndWait(conversation, "Begin", "sim?tps=500&tokens=5&ttft=5");

        // Then
        JsonNode listed = client.json("/v1/conversations?limit=1&after=listed")
                .path("conversations")
                .path(0);
        assertThat(listed.path("conversation_id").asText()).isEqualTo(conversation);
        assertThat(listed.path("turns").asInt()).isEqualTo(1);
        assertThat(java.time.Instant.parse(listed.path("updated_at").asText())).isBefore(java.time.Instant.now());
    }

    @Test
    void resumingFromEveryCursorOfAnAnswerGivesExactlyTheRest() {
        // Given
        String conversation = "every-cursor";
        String response = ask(conversation, "Number the steps", "sim?tps=500&tokens=25&ttft=5");
        EventStream whole = client.answer(conversation, response);
        whole.awaitClosed();
        List<String> cursors = whole.cursors();
        List<String> identities =
                whole.events().stream().map(EventStream::identity).toList();
        assertThat(cursors).hasSizeGreaterThan(25).doesNotHaveDuplicates();

        for (int i = 0; i < cursors.size() - 1; i++) {
            // When
            EventStream rest = client.answer(conversation, response, cursors.get(i));
            rest.awaitClosed();

            // Then
            assertThat(rest.events().stream().map(EventStream::identity))
                    .as("after event %d", i)
                    .containsExactlyElementsOf(identities.subList(i + 1, identities.size()));
        }
    }

    @Test
    void anEndedAnswerTellsAnEventSourceNotToComeBack() {
        // Given
        String conversation = "no-come-back";
        String response = ask(conversation, "Short", "sim?tps=500&tokens=5&ttft=5");
        EventStream whole = client.answer(conversation, response);
        whole.awaitClosed();

        // When
        EventStream again =
                client.answer(conversation, response, whole.cursors().getLast());

        // Then
        assertThat(again.status()).isEqualTo(204);
    }

    @Test
    void aLateJoinerSeesTheAnswerFromItsBeginning() {
        // Given
        String conversation = "late-joiner";
        String response = ask(conversation, "A long story", "sim?tps=100&tokens=80&ttft=10");
        EventStream early = client.answer(conversation, response);
        early.awaitEvents(30);

        // When
        EventStream late = client.answer(conversation, response);
        late.awaitClosed();
        early.awaitClosed();

        // Then
        assertThat(late.text(response)).isEqualTo(early.text(response)).isNotBlank();
        assertWhole(late, response);
    }

    @ParameterizedTest
    @CsvSource({"openai", "anthropic"})
    void theWholeAnswerCanBeWaitedFor(String provider) {
        // When
        JsonNode answer = Client.parse(client.postBody(
                        "waits-" + provider,
                        Map.of(
                                "prompt",
                                "Explain offsets",
                                "provider",
                                provider,
                                "model",
                                "sim?tps=500&tokens=30&ttft=5"),
                        Map.of("Prefer", "wait"))
                .body());

        // Then
        assertThat(answer.get("status").textValue()).isEqualTo("completed");
        assertThat(answer.get("text").textValue()).isNotBlank();
        assertThat(answer.get("stop_reason").textValue()).isEqualTo("END_TURN");
        assertThat(answer.at("/usage/output_tokens").longValue()).isEqualTo(30);
        assertThat(answer.at("/usage/complete").booleanValue()).isTrue();
    }

    @Test
    void theNextPromptSeesTheFinishedTurnAndTheConversationKeepsBoth() {
        // Given
        String conversation = "history";
        client.askAndWait(conversation, "First question", "sim?tps=500&tokens=10&ttft=5");

        // When
        client.askAndWait(conversation, "Second question", "sim?tps=500&tokens=10&ttft=5");

        // Then the provider was sent the first prompt, its answer and the second prompt
        assertThat(house.simulator().calls().getLast().messages()).isEqualTo(3);
        JsonNode stored = client.json("/v1/conversations/" + conversation);
        assertThat(stored.get("turns")).hasSize(2);
        assertThat(stored.at("/turns/0/prompt/0/content/0/text").textValue()).isEqualTo("First question");
        assertThat(stored.get("open")).isEmpty();
    }

    @Test
    void aRepeatedPostWithOneKeyReplaysTheSameAnswerAtAnotherGateway() {
        // Given
        String conversation = "idempotent";
        Map<String, String> key = Map.of("Idempotency-Key", "order-66");
        String model = "sim?tps=200&tokens=20&ttft=20";
        JsonNode first = client.ask(conversation, "Once only", model, key);
        String response = first.get("response_id").textValue();
        EventStream original = client.answer(conversation, response);
        original.awaitClosed();
        int calls = house.simulator().calls().size();

        // When
        Client other = new Client(house.gateway().url());
        JsonNode second = other.ask(conversation, "Once only", model, key);
        EventStream replayed =
                other.answer(conversation, second.get("response_id").textValue());
        replayed.awaitClosed();

        // Then
        assertThat(second.get("response_id").textValue()).isEqualTo(response);
        assertThat(replayed.events().stream().map(EventStream::identity))
                .containsExactlyElementsOf(
                        original.events().stream().map(EventStream::identity).toList());
        assertThat(house.simulator().calls()).hasSize(calls);
    }

    @Test
    void aRestartedGatewayHonoursOldCursors() {
        // Given
        String conversation = "restarted-gateway";
        String response;
        String cursor;
        List<String> identities;
        try (Gateway before = house.gateway()) {
            Client first = new Client(before.url());
            response = first.ask(conversation, "Persist me", "sim?tps=500&tokens=30&ttft=5")
                    .get("response_id")
                    .textValue();
            EventStream whole = first.answer(conversation, response);
            whole.awaitClosed();
            cursor = whole.cursors().get(10);
            identities = whole.events().stream().map(EventStream::identity).toList();
        }

        // When
        Client second = new Client(house.gateway().url());
        EventStream rest = second.answer(conversation, response, cursor);
        rest.awaitClosed();

        // Then
        assertThat(rest.events().stream().map(EventStream::identity))
                .containsExactlyElementsOf(identities.subList(11, identities.size()));
    }

    @Test
    void aPositionThatMemoryHasForgottenIsServedFromKafka() {
        // Given a gateway that can hold hardly anything in memory
        Gateway forgetful = house.gateway(Map.of("gateway.segment-bytes", "1048576"));
        Client small = new Client(forgetful.url());
        String conversation = "forgotten";
        String response = small.ask(conversation, "Remember this", "sim?tps=500&tokens=40&ttft=5")
                .get("response_id")
                .textValue();
        EventStream whole = small.answer(conversation, response);
        whole.awaitClosed();
        String cursor = whole.cursors().get(5);

        // When other conversations have pushed it out
        for (int i = 0; i < 12; i++) {
            small.askAndWait("pushes-out-" + i, "Fill the memory " + i, "sim?tps=0&tokens=250&ttft=1");
        }
        EventStream rest = small.answer(conversation, response, cursor);
        rest.awaitClosed();

        // Then
        List<String> identities =
                whole.events().stream().map(EventStream::identity).toList();
        assertThat(rest.events().stream().map(EventStream::identity))
                .containsExactlyElementsOf(identities.subList(6, identities.size()));
    }

    @Test
    void severalConversationsDoNotMix() {
        // When
        List<String> responses = LongStream.range(0, 20)
                .mapToObj(i -> ask("many-" + i, "Question " + i, "sim?tps=400&tokens=20&ttft=5"))
                .toList();

        // Then
        for (int i = 0; i < responses.size(); i++) {
            EventStream answer = client.answer("many-" + i, responses.get(i));
            answer.awaitClosed();
            assertWhole(answer, responses.get(i));
        }
    }

    private static String ask(String conversation, String prompt, String model) {
        return client.ask(conversation, prompt, model).get("response_id").textValue();
    }

    private static void assertWhole(EventStream stream, String response) {
        List<Long> sequences = stream.sequences(response);
        assertThat(sequences)
                .isEqualTo(LongStream.range(0, sequences.size()).boxed().toList());
        assertThat(stream.terminals(response)).hasSize(1);
    }
}

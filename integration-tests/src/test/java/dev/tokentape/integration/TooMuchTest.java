package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.log.SimulatedCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What readers are told when an answer takes too long, or a conversation has become too long. */
class TooMuchTest {

    private static House house;
    private static Client client;

    @BeforeAll
    static void start() {
        house = House.start(Map.of(
                "processor.max-answer-duration", "4s",
                "processor.tool-results-deadline", "3s",
                "processor.max-history-characters", "500"));
        house.processor();
        house.producer();
        client = new Client(house.gateway().url());
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @Test
    void anAnswerThatTakesTooLongIsEndedAndItsConnectionUpstreamClosed() {
        // When
        String response = client.ask("endless", "Go on for ever", "sim?tps=20&tokens=100000&ttft=5")
                .get("response_id")
                .textValue();
        EventStream reader = client.answer("endless", response);
        reader.awaitClosed();

        // Then
        JsonNode end = reader.events().getLast();
        assertThat(end.at("/error/code").textValue()).isEqualTo("answer_timed_out");
        assertThat(end.at("/error/message").textValue()).contains("4 s");
        assertThat(reader.text(response)).isNotEmpty();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> house.simulator().calls().stream()
                        .filter(call -> call.model().contains("tokens=100000"))
                        .allMatch(call -> call.outcome() == SimulatedCall.Outcome.CLOSED_BY_CLIENT));
    }

    @Test
    void aConversationThatHasBecomeTooLongIsRefusedWithWhatToDo() {
        // Given
        client.askAndWait("long", "Tell me much", "sim?tps=5000&tokens=200&ttft=1");
        int calls = house.simulator().calls().size();

        // When
        JsonNode answer = client.askAndWait("long", "And more?", "sim?tps=5000&tokens=5&ttft=1");

        // Then
        assertThat(answer.get("status").textValue()).isEqualTo("failed");
        assertThat(answer.at("/error/code").textValue()).isEqualTo("history_too_long");
        assertThat(answer.at("/error/message").textValue())
                .contains("500 characters")
                .contains("Start a new conversation")
                .contains("join_history=false");
        assertThat(house.simulator().calls()).hasSize(calls);

        // When the user does what it says
        JsonNode shortened = Client.parse(client.postBody(
                        "long",
                        Map.of(
                                "messages",
                                List.of(Map.of("role", "user", "content", "In short, then?")),
                                "model",
                                "sim?tps=5000&tokens=5&ttft=1"),
                        Map.of("Prefer", "wait"))
                .body());

        // Then
        assertThat(shortened.get("status").textValue()).isEqualTo("completed");
    }
}

package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.log.SimulatedCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What readers see when the upstream misbehaves, or when somebody has had enough. */
class FaultsTest {

    private static House house;
    private static Client client;

    @BeforeAll
    static void start() {
        house = House.start(Map.of(
                "provider.openai.between-tokens-timeout", "1s",
                "provider.openai.first-byte-timeout", "2s",
                "provider.anthropic.between-tokens-timeout", "1s",
                "provider.anthropic.first-byte-timeout", "2s"));
        house.processor();
        house.producer();
        client = new Client(house.gateway().url());
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @ParameterizedTest
    @CsvSource({
        "openai,error@10,mid_stream",
        "anthropic,error@10,mid_stream",
        "anthropic,error@0,before_output",
        "openai,stall@10,mid_stream",
        "anthropic,stall@10,mid_stream",
        "openai,truncate@10,truncated",
        "anthropic,truncate@10,truncated",
        "openai,cut@10,truncated",
        "openai,malformed@10,parse",
        "openai,http-error=400,before_output",
        "anthropic,http-error=401,before_output"
    })
    void whateverGoesWrongUpstreamTheAnswerEndsInOneErrorEvent(String provider, String fault, String phase) {
        // When
        String conversation = "fault-" + provider + "-" + fault.replaceAll("[@=]", "-");
        JsonNode asked = Client.parse(client.postBody(
                        conversation,
                        Map.of(
                                "prompt",
                                "This will go wrong",
                                "provider",
                                provider,
                                "model",
                                "sim?tps=500&tokens=40&ttft=5&fault=" + fault),
                        Map.of())
                .body());
        String response = asked.get("response_id").textValue();
        EventStream answer = client.answer(conversation, response);
        answer.awaitClosed();

        // Then
        assertThat(answer.terminals(response)).hasSize(1);
        JsonNode end = answer.events().getLast();
        assertThat(end.get("type").textValue()).isEqualTo("error");
        assertThat(end.at("/error/phase").textValue()).isEqualTo(phase);
        assertThat(end.at("/error/message").textValue()).isNotBlank();
        List<Long> sequences = answer.sequences(response);
        assertThat(sequences)
                .isEqualTo(LongStream.range(0, sequences.size()).boxed().toList());
    }

    @Test
    void anUnknownProviderIsNamedInTheAnswersError() {
        // When
        JsonNode answer = Client.parse(client.postBody(
                        "unknown-provider",
                        Map.of("prompt", "hello", "provider", "nobody", "model", "m"),
                        Map.of("Prefer", "wait"))
                .body());

        // Then
        assertThat(answer.get("status").textValue()).isEqualTo("failed");
        assertThat(answer.at("/error/code").textValue()).isEqualTo("unknown_provider");
        assertThat(answer.at("/error/message").textValue()).contains("nobody").contains("openai");
    }

    @Test
    void aCancelReachesTheUpstreamSocketAndEveryReader() {
        // Given
        String conversation = "cancelled";
        int callsBefore = house.simulator().calls().size();
        String response = client.ask(conversation, "Never-ending", "sim?tps=50&tokens=5000&ttft=5")
                .get("response_id")
                .textValue();
        EventStream one = client.answer(conversation, response);
        EventStream two = client.events(conversation, "start");
        one.awaitEvents(20);

        // When
        int status = client.cancel(conversation, response).statusCode();
        one.awaitClosed();
        two.awaitEnd(response);

        // Then
        assertThat(status).isEqualTo(202);
        for (EventStream reader : List.of(one, two)) {
            assertThat(reader.terminals(response)).hasSize(1);
            assertThat(reader.terminals(response).getFirst().get("type").textValue())
                    .isEqualTo("cancelled");
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            SimulatedCall call = house.simulator().calls().get(callsBefore);
            assertThat(call.outcome()).isEqualTo(SimulatedCall.Outcome.CLOSED_BY_CLIENT);
        });
        assertThat(client.json("/v1/conversations/" + conversation + "/responses/" + response)
                        .get("status")
                        .textValue())
                .isEqualTo("cancelled");
    }

    @Test
    void aCancelBeforeTheFirstTokenEndsTheAnswerToo() {
        // Given
        String conversation = "cancelled-early";
        String response = client.ask(conversation, "Slow to start", "sim?tps=50&tokens=50&ttft=30000")
                .get("response_id")
                .textValue();
        EventStream reader = client.answer(conversation, response);
        reader.awaitEvents(1);

        // When
        client.cancel(conversation, response);
        reader.awaitClosed();

        // Then
        assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("cancelled");
        assertThat(reader.text(response)).isEmpty();
    }

    @Test
    void cancellingAnEndedAnswerSaysHowItEnded() {
        // Given
        String conversation = "cancelled-late";
        JsonNode answer = client.askAndWait(conversation, "Quick", "sim?tps=500&tokens=5&ttft=5");

        // When
        var cancelled = client.cancel(conversation, answer.get("response_id").textValue());

        // Then
        assertThat(cancelled.statusCode()).isEqualTo(200);
        assertThat(Client.parse(cancelled.body()).get("status").textValue()).isEqualTo("completed");
    }
}

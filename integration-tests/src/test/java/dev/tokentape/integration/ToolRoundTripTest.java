package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that calls tools, the frontends that answer its calls, and the answer that goes on from them. */
class ToolRoundTripTest {

    private static final String MODEL = "sim?tps=500&tokens=20&ttft=5";
    private static final List<String> PROVIDERS =
            List.of("openai", "openai-responses", "anthropic", "bedrock", "gemini", "ollama", "mistral");
    private static final List<Map<String, Object>> TOOLS = List.of(tool("get_weather"), tool("get_time"));

    private static House house;
    private static Client client;
    private static Client elsewhere;

    @BeforeAll
    static void start() {
        house = House.start(Map.of("providers", String.join(",", PROVIDERS)));
        PROVIDERS.forEach(provider -> house.setting(
                "provider.%s.base-url".formatted(provider), house.simulator().baseUrl()));
        house.processor();
        house.producer();
        client = new Client(house.gateway().url());
        elsewhere = new Client(house.gateway().url());
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static Map<String, Object> tool(String name) {
        return Map.of(
                "name",
                name,
                "description",
                "Looks it up.",
                "parameters",
                Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string"))));
    }

    /** An answer that has ended with two calls. */
    private static JsonNode called(String conversation, String provider) {
        JsonNode answer = Client.parse(client.postBody(
                        conversation,
                        Map.of(
                                "prompt",
                                "Use both tools",
                                "provider",
                                provider,
                                "model",
                                MODEL,
                                "system",
                                "Be brief.",
                                "tools",
                                TOOLS),
                        Map.of("Prefer", "wait"))
                .body());
        assertThat(answer.get("stop_reason").textValue()).isEqualTo("TOOL_USE");
        assertThat(answer.get("tool_calls")).hasSize(2);
        return answer;
    }

    private static List<String> callIds(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.get("tool_calls").forEach(call -> ids.add(call.get("id").textValue()));
        return ids;
    }

    /** What a provider is sent: user, assistant with its calls, and the results as its API wants them. */
    @ParameterizedTest
    @CsvSource({
        "openai,5",
        "openai-responses,6",
        "anthropic,3",
        "bedrock,3",
        "gemini,3",
        "ollama,5",
        "mistral,5",
    })
    void theLastResultFromWhicheverFrontendStartsTheContinuingAnswer(String provider, int messages) {
        // Given an answer that waits for two results, and one of them, brought at one gateway
        String conversation = "tools-" + provider;
        JsonNode asked = called(conversation, provider);
        String response = asked.get("response_id").textValue();
        List<String> calls = callIds(asked);
        var first = client.toolResults(conversation, response, Map.of(calls.get(1), "noon"));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(202);

        // When the other is brought at another gateway, with a second answer to the first call
        var second = elsewhere.toolResults(
                conversation, response, Map.of(calls.get(0), "12 degrees", calls.get(1), "midnight"));

        // Then both are told of the same answer, which is asked with both results and the first word on each
        String continuing = Client.parse(second.body()).get("response_id").textValue();
        assertThat(Client.parse(first.body()).get("response_id").textValue()).isEqualTo(continuing);
        EventStream reader = client.answer(conversation, continuing);
        reader.awaitClosed();
        assertThat(reader.events().stream()
                        .filter(event -> event.get("type").textValue().equals("user_message"))
                        .map(event -> event.get("tool_call_id").textValue() + "="
                                + event.get("text").textValue()))
                .containsExactly(calls.get(1) + "=noon", calls.get(0) + "=12 degrees");
        assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
        assertThat(reader.text(continuing)).isNotBlank();
        assertThat(house.simulator().calls().getLast().messages()).isEqualTo(messages);
        JsonNode whole = client.json("/v1/conversations/" + conversation + "/responses/" + continuing);
        assertThat(whole.get("continues").textValue()).isEqualTo(response);
        assertThat(whole.at("/prompt/0/content"))
                .extracting(part -> part.get("text").textValue())
                .containsExactly("12 degrees", "noon");
    }

    @Test
    void theNextPromptSeesTheWholeRoundTrip() {
        // Given a finished round trip
        JsonNode asked = called("tools-then", "openai");
        List<String> calls = callIds(asked);
        var results = client.toolResults(
                "tools-then",
                asked.get("response_id").textValue(),
                Map.of(calls.get(0), "12 degrees", calls.get(1), "noon"));
        client.answer(
                        "tools-then",
                        Client.parse(results.body()).get("response_id").textValue())
                .awaitClosed();

        // When
        client.askAndWait("tools-then", "And tomorrow?", MODEL);

        // Then user, assistant, two results, assistant, user
        assertThat(house.simulator().calls().getLast().messages()).isEqualTo(6);
    }

    @Test
    void anAnswerWithoutCallsIsNothingToContinue() {
        // Given
        JsonNode plain = client.askAndWait("no-tools", "Just talk", MODEL);

        // When
        var refused = client.toolResults("no-tools", plain.get("response_id").textValue(), Map.of("call-1", "42"));

        // Then
        assertThat(refused.statusCode()).isEqualTo(409);
    }
}

package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ToolChoiceFunction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenAiResponsesClientTest {

    @Test
    void weAskForResponsesAsOpenAisOwnClientDoes() throws Exception {
        // Given
        ResponseCreateParams wish = ResponseCreateParams.builder()
                .model("test-model")
                .instructions("Be brief.")
                .inputOfResponse(List.of(ResponseInputItem.ofEasyInputMessage(EasyInputMessage.builder()
                        .role(EasyInputMessage.Role.USER)
                        .content("Hi")
                        .build())))
                .maxOutputTokens(2000)
                .temperature(0.5)
                .topP(0.9)
                .store(false)
                .addTool(FunctionTool.builder()
                        .name("weather")
                        .description("Tells the weather.")
                        .parameters(FunctionTool.Parameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .strict(false)
                        .build())
                .toolChoice(ToolChoiceFunction.builder().name("weather").build())
                .build();

        // When
        JsonNode theirs = VendorRequests.theirs(url -> {
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .apiKey("k")
                    .baseUrl(url)
                    .maxRetries(0)
                    .build();
            try (var answer = client.responses().createStreaming(wish)) {
                assertThat(answer).as("the server refuses it").isNull();
            }
        });

        // The type may be left out where it is that of a message.
        ((ObjectNode) theirs.at("/input/0")).remove("type");

        // Then
        assertThat(VendorRequests.ours(
                        "openai-responses",
                        request -> request.setSystem("Be brief.")
                                .setMaxTokens(2000)
                                .setTemperature(0.5)
                                .setTopP(0.9)
                                .setTools(List.of(VendorRequests.WEATHER))
                                .setToolChoice("weather")))
                .isEqualTo(theirs);
    }
}

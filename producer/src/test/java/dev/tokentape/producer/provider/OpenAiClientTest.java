package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenAiClientTest {

    @Test
    void weAskForChatCompletionsAsOpenAisOwnClientDoes() throws Exception {
        // Given
        ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()
                .model("test-model")
                .addSystemMessage("Be brief.")
                .addUserMessage("Hi")
                .maxCompletionTokens(2000)
                .temperature(0.5)
                .topP(0.9)
                .stopOfStrings(List.of("END", "\n\n"))
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .addFunctionTool(FunctionDefinition.builder()
                        .name("weather")
                        .description("Tells the weather.")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build();

        // When
        JsonNode theirs = VendorRequests.theirs(url -> {
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .apiKey("k")
                    .baseUrl(url)
                    .maxRetries(0)
                    .build();
            try (var answer = client.chat().completions().createStreaming(params)) {
                assertThat(answer).as("the server refuses it").isNull();
            }
        });

        // Then
        assertThat(VendorRequests.ours(
                        "openai-chat-completions",
                        request -> request.setSystem("Be brief.")
                                .setMaxTokens(2000)
                                .setTemperature(0.5)
                                .setTopP(0.9)
                                .setStop(List.of("END", "\n\n"))
                                .setTools(List.of(VendorRequests.WEATHER))))
                .isEqualTo(theirs);
    }
}

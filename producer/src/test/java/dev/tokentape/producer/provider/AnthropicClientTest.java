package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Tool;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnthropicClientTest {

    @Test
    void weAskForMessagesAsAnthropicsOwnClientDoes() throws Exception {
        // Given
        MessageCreateParams params = MessageCreateParams.builder()
                .model("test-model")
                .maxTokens(2000)
                .system("Be brief.")
                .addUserMessage("Hi")
                .stopSequences(List.of("END"))
                .addTool(Tool.builder()
                        .name("weather")
                        .description("Tells the weather.")
                        .inputSchema(Tool.InputSchema.builder()
                                .properties(Tool.InputSchema.Properties.builder()
                                        .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                                        .build())
                                .build())
                        .build())
                .toolToolChoice("weather")
                .build();

        // When
        JsonNode theirs = VendorRequests.theirs(url -> {
            AnthropicClient client = AnthropicOkHttpClient.builder()
                    .apiKey("k")
                    .baseUrl(url)
                    .maxRetries(0)
                    .build();
            try (var answer = client.messages().createStreaming(params)) {
                assertThat(answer).as("the server refuses it").isNull();
            }
        });

        // Then
        assertThat(VendorRequests.ours(
                        "anthropic-messages",
                        request -> request.setSystem("Be brief.")
                                .setMaxTokens(2000)
                                .setStop(List.of("END"))
                                .setTools(List.of(VendorRequests.WEATHER))
                                .setToolChoice("weather")))
                .isEqualTo(theirs);
    }
}

package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.genai.Client;
import com.google.genai.types.Content;
import com.google.genai.types.FunctionCallingConfig;
import com.google.genai.types.FunctionDeclaration;
import com.google.genai.types.GenerateContentConfig;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.Part;
import com.google.genai.types.ThinkingConfig;
import com.google.genai.types.Tool;
import com.google.genai.types.ToolConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GeminiClientTest {

    @Test
    void weGenerateContentAsGooglesOwnClientDoes() throws Exception {
        // Given
        FunctionDeclaration weather = FunctionDeclaration.builder()
                .name("weather")
                .description("Tells the weather.")
                .parametersJsonSchema(Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string"))))
                .build();
        GenerateContentConfig config = GenerateContentConfig.builder()
                .systemInstruction(Content.builder()
                        .parts(List.of(Part.fromText("Be brief.")))
                        .build())
                .maxOutputTokens(2000)
                .temperature(0.5f)
                .topP(0.25f)
                .stopSequences(List.of("END"))
                .thinkingConfig(ThinkingConfig.builder()
                        .thinkingBudget(1000)
                        .includeThoughts(true)
                        .build())
                .responseMimeType("application/json")
                .responseJsonSchema(Map.of("type", "object"))
                .tools(List.of(
                        Tool.builder().functionDeclarations(List.of(weather)).build()))
                .toolConfig(ToolConfig.builder()
                        .functionCallingConfig(FunctionCallingConfig.builder()
                                .mode("ANY")
                                .allowedFunctionNames(List.of("weather"))
                                .build())
                        .build())
                .build();

        // When
        JsonNode theirs = VendorRequests.theirs(url -> {
            try (Client client = Client.builder()
                    .apiKey("k")
                    .httpOptions(HttpOptions.builder().baseUrl(url).build())
                    .build()) {
                client.models.generateContentStream("test-model", "Hi", config);
            }
        });

        // Then
        assertThat(VendorRequests.ours(
                        "gemini-generate-content",
                        request -> request.setSystem("Be brief.")
                                .setMaxTokens(2000)
                                .setTemperature(0.5)
                                .setTopP(0.25)
                                .setStop(List.of("END"))
                                .setThinkingBudget(1000)
                                .setResponseSchema("{\"type\":\"object\"}")
                                .setTools(List.of(VendorRequests.WEATHER))
                                .setToolChoice("weather")))
                .isEqualTo(theirs);
    }
}

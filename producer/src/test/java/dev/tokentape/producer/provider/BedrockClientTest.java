package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InferenceConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SpecificToolChoice;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.Tool;
import software.amazon.awssdk.services.bedrockruntime.model.ToolChoice;
import software.amazon.awssdk.services.bedrockruntime.model.ToolConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ToolInputSchema;
import software.amazon.awssdk.services.bedrockruntime.model.ToolSpecification;

@Timeout(60)
class BedrockClientTest {

    @Test
    void weConverseAsAwssOwnClientDoes() throws Exception {
        // Given
        Document city = Document.mapBuilder().putString("type", "string").build();
        Document schema = Document.mapBuilder()
                .putString("type", "object")
                .putDocument(
                        "properties",
                        Document.mapBuilder().putDocument("city", city).build())
                .build();
        ToolSpecification weather = ToolSpecification.builder()
                .name("weather")
                .description("Tells the weather.")
                .inputSchema(ToolInputSchema.builder().json(schema).build())
                .build();
        // The streamed call has the same body, and another address.
        ConverseRequest wish = ConverseRequest.builder()
                .modelId("test-model")
                .system(SystemContentBlock.builder().text("Be brief.").build())
                .messages(Message.builder()
                        .role(ConversationRole.USER)
                        .content(ContentBlock.builder().text("Hi").build())
                        .build())
                .inferenceConfig(InferenceConfiguration.builder()
                        .maxTokens(2000)
                        .temperature(0.5f)
                        .topP(0.25f)
                        .stopSequences("END")
                        .build())
                .toolConfig(ToolConfiguration.builder()
                        .tools(Tool.builder().toolSpec(weather).build())
                        .toolChoice(ToolChoice.builder()
                                .tool(SpecificToolChoice.builder()
                                        .name("weather")
                                        .build())
                                .build())
                        .build())
                .build();

        // When
        JsonNode theirs = VendorRequests.theirs(url -> {
            try (BedrockRuntimeClient client = BedrockRuntimeClient.builder()
                    .endpointOverride(URI.create(url))
                    .region(Region.EU_CENTRAL_1)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
                    .build()) {
                client.converse(wish);
            }
        });

        // Then
        assertThat(VendorRequests.ours(
                        "bedrock-converse-stream",
                        request -> request.setSystem("Be brief.")
                                .setMaxTokens(2000)
                                .setTemperature(0.5)
                                .setTopP(0.25)
                                .setStop(List.of("END"))
                                .setTools(List.of(VendorRequests.WEATHER))
                                .setToolChoice("weather")))
                .isEqualTo(theirs);
    }
}

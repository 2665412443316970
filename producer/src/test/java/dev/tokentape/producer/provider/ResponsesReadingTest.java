package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What an answer of the Responses API becomes, item by item. */
class ResponsesReadingTest {

    private static final String API = "openai-responses";

    @Test
    void everyItemBecomesItsBlocks() throws IOException {
        // Given
        String body = Everything.of(API);

        // When
        Decoded decoded = Decoded.of(API, body);

        // Then
        assertThat(decoded.response().getBlocks())
                .extracting(Block::getType)
                .containsExactly(
                        BlockType.THINKING,
                        BlockType.THINKING,
                        BlockType.TEXT,
                        BlockType.REFUSAL,
                        BlockType.TOOL_USE,
                        BlockType.SERVER_TOOL_USE,
                        BlockType.TOOL_RESULT,
                        BlockType.SERVER_TOOL_USE,
                        BlockType.IMAGE,
                        BlockType.IMAGE,
                        BlockType.TOOL_USE);
        assertThat(decoded.response().getBlocks()).allMatch(Block::getComplete);
        assertThat(decoded.thinking()).isEqualTo("First, then.");
        assertThat(decoded.blocks(BlockType.THINKING).getLast().getSignature()).isEqualTo("gAAAA-1");
        assertThat(decoded.blocks(BlockType.TEXT)).singleElement().satisfies(text -> {
            assertThat(text.getText()).isEqualTo("Héllo");
            assertThat(text.getCitations()).hasSize(1);
            assertThat(text.getLogprobs()).hasSize(1);
            assertThat(text.getProviderData()).contains("\"phase\":\"commentary\"");
        });
        assertThat(decoded.blocks(BlockType.SERVER_TOOL_USE).getFirst().getText())
                .isEqualTo("{\"code\":\"print(\\\"1\\\")\"}");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.REFUSAL);
        assertThat(decoded.response().getUsage().getCacheReadInputTokens()).isEqualTo(4);
    }

    @Test
    void anAnswerThatIsToldOnlyAtItsEndIsWhole() {
        // When
        Decoded decoded = Decoded.of(API, """
                data: {"type":"response.completed","response":{"id":"r","model":"m","status":"completed","output":[\
                {"type":"message","content":[{"type":"output_text","text":"Hi",\
                "annotations":[{"type":"url_citation"}]}]},\
                {"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}}

                """);

        // Then
        assertThat(decoded.text(BlockType.TEXT, 0)).isEqualTo("Hi");
        assertThat(decoded.blocks(BlockType.TEXT).getFirst().getCitations()).hasSize(1);
        assertThat(decoded.text(BlockType.TOOL_USE, 0)).isEqualTo("{}");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.TOOL_USE);
    }

    @Test
    void aCallThatIsCutShortIsNotWhole() {
        // When
        Decoded decoded = Decoded.of(API, """
                data: {"type":"response.output_item.added","output_index":0,"item":{"type":"function_call",\
                "call_id":"c","name":"f"}}

                data: {"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\\"a\\":"}

                data: {"type":"response.incomplete","response":{"status":"incomplete",\
                "incomplete_details":{"reason":"max_output_tokens"}}}

                """);

        // Then
        assertThat(decoded.blocks(BlockType.TOOL_USE))
                .singleElement()
                .satisfies(call -> assertThat(call.getComplete()).isFalse());
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.MAX_TOKENS);
    }

    @Test
    void aFailureWithoutAnErrorEventIsOneError() {
        // When
        Decoded decoded = Decoded.of(API, """
                data: {"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"server_error",\
                "message":"boom"}}}

                """);

        // Then
        assertThat(decoded.events()).filteredOn(TokenEvent::isTerminal).hasSize(1);
        assertThat(((TokenEvent.Failed) decoded.last()).error().getCode()).isEqualTo("server_error");
        assertThat(decoded.response().getRawStopReason()).isEqualTo("failed");
    }
}

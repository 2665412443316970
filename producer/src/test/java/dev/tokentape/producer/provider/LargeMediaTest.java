package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures and sounds of an answer that come in one event: cut for the journal, or refused in words that help. */
class LargeMediaTest {

    private static final int PASSES = 6_000_000;
    private static final int TOO_LARGE = 9_000_000;

    private static final String ROWS = """
            openai-chat-completions | IMAGE | data: {"choices":[{"index":0,"delta":{"images":[{"type":"image_url",\
            "image_url":{"url":"data:image/png;base64,DATA"}}]},"finish_reason":"stop"}]}~~data: [DONE]~~
            openai-chat-completions | AUDIO | data: {"choices":[{"index":0,"delta":{"audio":{"data":"DATA"}},\
            "finish_reason":"stop"}]}~~data: [DONE]~~
            gemini-generate-content | IMAGE | data: {"candidates":[{"content":{"parts":[{"inlineData":\
            {"mimeType":"image/png","data":"DATA"}}]},"finishReason":"STOP"}]}~~
            gemini-generate-content | AUDIO | data: {"candidates":[{"content":{"parts":[{"inlineData":\
            {"mimeType":"audio/wav","data":"DATA"}}]},"finishReason":"STOP"}]}~~
            openai-responses | IMAGE | data: {"type":"response.output_item.done","output_index":0,\
            "item":{"type":"image_generation_call","id":"i","status":"completed","result":"DATA"}}~~\
            data: {"type":"response.completed","response":{"status":"completed"}}~~
            ollama-native | IMAGE | {"message":{"role":"assistant","content":"","images":["DATA"]},\
            "done":true,"done_reason":"stop"}~
            """;

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '\'', maxCharsPerColumn = 100_000, textBlock = ROWS)
    void oneOfSixMillionCharactersPassesInPieces(String api, BlockType type, String body) {
        // Given
        String data = "QUJD".repeat(PASSES / 4);

        // When
        Decoded decoded = Decoded.of(api, body.replace('~', '\n').replace("DATA", data));

        // Then
        assertThat(decoded.last()).isInstanceOf(TokenEvent.MessageStop.class);
        assertThat(decoded.blocks(type))
                .singleElement()
                .satisfies(block -> assertThat(block.getText().equals(data)).isTrue());
        assertThat(decoded.events())
                .filteredOn(TokenEvent.BlockDelta.class::isInstance)
                .hasSizeGreaterThan(1)
                .allSatisfy(event -> assertThat(
                                ((TokenEvent.BlockDelta) event).text().length())
                        .isLessThanOrEqualTo(RecordLimits.MAX_DELTA_CHARACTERS));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '\'', maxCharsPerColumn = 100_000, textBlock = ROWS)
    void oneLargerThanAnEventMayBeIsRefusedByWhatWouldHelp(String api, BlockType type, String body) {
        // Given
        String data = "QUJD".repeat(TOO_LARGE / 4);

        // When
        Decoded decoded = Decoded.of(api, body.replace('~', '\n').replace("DATA", data));

        // Then
        assertThat(decoded.last()).isInstanceOfSatisfying(TokenEvent.Failed.class, failed -> {
            assertThat(failed.error().getCode()).isEqualTo("event_too_large");
            assertThat(failed.error().getMessage())
                    .contains("a smaller or more compressed one", "its address", "max-event-bytes");
        });
    }
}

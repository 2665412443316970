package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an Anthropic Messages stream may hold, each in as few words as show it. */
class MessagesReadingTest {

    private static final String START = "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"large\","
            + "\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}";
    private static final String STOP = "{\"type\":\"message_stop\"}";

    @Test
    void everythingAtOnce() throws IOException {
        // Given
        byte[] body = Everything.body("anthropic-messages");

        // When
        Decoded decoded = Decoded.of("anthropic-messages", body, 3);

        // Then
        assertThat(decoded.response().getBlocks())
                .extracting(Block::getType)
                .containsExactly(
                        BlockType.THINKING,
                        BlockType.REDACTED_THINKING,
                        BlockType.OTHER,
                        BlockType.SERVER_TOOL_USE,
                        BlockType.TOOL_RESULT,
                        BlockType.TEXT,
                        BlockType.TOOL_USE);
        assertThat(decoded.response().getText()).isEqualTo("Grüße 👋🏽 世界");
        assertThat(decoded.response().getServedModel()).isEqualTo("small-1");
        assertThat(decoded.response().getUsage()).isNotNull().satisfies(usage -> {
            assertThat(usage.getInputTokens()).isEqualTo(17);
            assertThat(usage.getOutputTokens()).isEqualTo(42);
            assertThat(usage.getReasoningOutputTokens()).isEqualTo(7);
            assertThat(usage.getComplete()).isTrue();
        });
        assertThat(decoded.response().getBlocks().get(4).getProviderData()).contains("\"found\"");
        assertThat(decoded.response().getBlocks().get(4).getToolCallId()).isEqualTo("m1");
        assertThat(decoded.response().getBlocks().get(3).getProviderData()).contains("\"server_name\":\"library\"");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.TOOL_USE);
    }

    @Test
    void inputThatComesWholeAtTheStartIsTheCallsInput() {
        // When
        Decoded decoded = messages(
                START,
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\","
                        + "\"id\":\"t\",\"name\":\"f\",\"input\":{\"x\":1}}}",
                "{\"type\":\"content_block_stop\",\"index\":0}",
                STOP);

        // Then
        assertThat(decoded.blocks(BlockType.TOOL_USE).getFirst().getText()).isEqualTo("{\"x\":1}");
    }

    @Test
    void aDeltaWithoutAStartBeginsItsBlock() {
        // When
        Decoded decoded = messages(
                START,
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}}",
                STOP);

        // Then
        assertThat(decoded.response().getText()).isEqualTo("hi");
    }

    @Test
    void aStreamWithoutMessageStopIsTruncatedButKeepsItsStopReason() {
        // When
        Decoded decoded = messages(
                START,
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
                        + "\"usage\":{\"output_tokens\":9}}");

        // Then
        assertThat(decoded.last())
                .isInstanceOfSatisfying(
                        TokenEvent.Failed.class,
                        failed -> assertThat(failed.error().getPhase()).isEqualTo(ErrorPhase.TRUNCATED));
        assertThat(decoded.response().getRawStopReason()).isEqualTo("end_turn");
        assertThat(decoded.response().getUsage()).isNotNull().satisfies(usage -> {
            assertThat(usage.getOutputTokens()).isEqualTo(9);
            assertThat(usage.getComplete()).isFalse();
        });
    }

    @Test
    void anErrorBeforeTheFirstBlockIsBeforeOutput() {
        // When
        Decoded decoded = messages(
                START, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");

        // Then
        assertThat(decoded.last()).isInstanceOfSatisfying(TokenEvent.Failed.class, failed -> {
            assertThat(failed.error().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
            assertThat(failed.error().getCode()).isEqualTo("overloaded_error");
            assertThat(failed.error().getRetryable()).isTrue();
        });
    }

    @Test
    void contentOfAnUnknownKindIsKeptWhole() {
        // When
        Decoded decoded = messages(
                START,
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"hologram\",\"depth\":3}}",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"hologram_delta\",\"ray\":1}}",
                "{\"type\":\"content_block_stop\",\"index\":0}",
                STOP);

        // Then
        Block block = decoded.blocks(BlockType.OTHER).getFirst();
        assertThat(block.getProviderData()).isEqualTo("{\"type\":\"hologram\",\"depth\":3}");
        assertThat(block.getText()).isEqualTo("{\"type\":\"hologram_delta\",\"ray\":1}");
    }

    @Test
    void theSequenceThatStoppedItIsTold() {
        // When
        Decoded decoded = messages(
                START,
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"stop_sequence\","
                        + "\"stop_sequence\":\"END\"},\"usage\":{}}",
                STOP);

        // Then
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
        assertThat(decoded.response().getStopSequence()).isEqualTo("END");
    }

    private static Decoded messages(String... events) {
        return Decoded.of(
                "anthropic-messages",
                Arrays.stream(events).map(event -> "data: " + event + "\n\n").collect(Collectors.joining()));
    }
}

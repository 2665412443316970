package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A character whose halves come in two events is one on the tape, in every field that an API cuts in pieces. */
class SplitCharactersTest {

    private static final String HIGH = "\\ud83d";
    private static final String LOW = "\\ude00";
    private static final String WHOLE = "😀";

    /**
     * A field of an API that comes in pieces.
     *
     * @param event one event with {@code %s} where the field's piece stands
     * @param around what the events stand between
     */
    record Field(String api, BlockType block, String event, List<String> around) {
        @Override
        public String toString() {
            return api + " " + block + " " + event;
        }

        private byte[] body(String... pieces) {
            StringBuilder body = new StringBuilder();
            lines(around.getFirst(), body);
            for (String piece : pieces) {
                lines(event.replace("%s", piece), body);
            }
            lines(around.getLast(), body);
            return api.equals(ApiNames.BEDROCK)
                    ? Frames.ofLines(body.toString())
                    : body.toString().getBytes(StandardCharsets.UTF_8);
        }

        private void lines(String events, StringBuilder body) {
            boolean framed = api.equals(ApiNames.BEDROCK) || api.equals(ApiNames.OLLAMA);
            events.lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> body.append(framed ? line + "\n" : "data: " + line + "\n\n"));
        }
    }

    static Stream<Field> fields() {
        return Stream.of(
                chat(BlockType.TEXT, "\"content\":\"%s\""),
                chat(BlockType.TEXT, "\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]"),
                chat(BlockType.THINKING, "\"reasoning_content\":\"%s\""),
                chat(BlockType.THINKING, "\"reasoning\":\"%s\""),
                chat(BlockType.REFUSAL, "\"refusal\":\"%s\""),
                chat(BlockType.TEXT, "\"audio\":{\"transcript\":\"%s\"}"),
                call("\"tool_calls\":[{\"index\":0,\"function\":{%s}}]"),
                call("\"function_call\":{%s}"),
                responses(BlockType.TEXT, "output_text"),
                responses(BlockType.REFUSAL, "refusal"),
                responses(BlockType.THINKING, "reasoning_summary_text"),
                responses(BlockType.THINKING, "reasoning_text"),
                responses(BlockType.TOOL_USE, "custom_tool_call_input"),
                responses(BlockType.TOOL_USE, "function_call_arguments"),
                responses(BlockType.SERVER_TOOL_USE, "mcp_call_arguments"),
                responses(BlockType.SERVER_TOOL_USE, "code_interpreter_call_code"),
                messages(BlockType.TEXT, "text", "text_delta", "text"),
                messages(BlockType.THINKING, "thinking", "thinking_delta", "thinking"),
                messages(BlockType.TOOL_USE, "tool_use", "input_json_delta", "partial_json"),
                messages(BlockType.OTHER, "compaction", "compaction_delta", "content"),
                bedrock(BlockType.TEXT, "{\"text\":\"%s\"}"),
                bedrock(BlockType.THINKING, "{\"reasoningContent\":{\"text\":\"%s\"}}"),
                bedrock(BlockType.TOOL_USE, "{\"toolUse\":{\"input\":\"%s\"}}"),
                gemini(BlockType.TEXT, "{\"text\":\"%s\"}"),
                gemini(BlockType.THINKING, "{\"thought\":true,\"text\":\"%s\"}"),
                gemini(
                        BlockType.TOOL_USE,
                        "{\"functionCall\":{\"name\":\"f\",\"willContinue\":true,"
                                + "\"partialArgs\":[{\"jsonPath\":\"$.a\",\"stringValue\":\"%s\","
                                + "\"willContinue\":true}]}}"),
                ollama(BlockType.TEXT, "{\"message\":{\"content\":\"%s\"}}"),
                ollama(BlockType.TEXT, "{\"response\":\"%s\"}"),
                ollama(BlockType.THINKING, "{\"message\":{\"thinking\":\"%s\"}}"));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void halvesMeet(Field field) {
        // Given
        byte[] body = field.body("a" + HIGH, LOW + "b");

        for (int chunk : new int[] {0, 1, 7, 64}) {
            // When
            String taped = taped(field, body, chunk);

            // Then
            assertThat(taped)
                    .as("in chunks of %d", chunk)
                    .contains("a" + WHOLE + "b")
                    .doesNotContain("?", "\uFFFD");
        }
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aHalfThatMeetsNoneIsReplaced(Field field) {
        // When
        String first = taped(field, field.body("a" + HIGH, "b"), 0);
        String second = taped(field, field.body("a", LOW + "b"), 0);
        String last = taped(field, field.body("a", "b" + HIGH), 0);
        String broken = taped(
                new Field(field.api, field.block, field.event, List.of(field.around.getFirst(), "")),
                field.body("ab" + HIGH),
                0);

        // Then
        assertThat(first).contains("a\uFFFDb");
        assertThat(second).contains("a\uFFFDb");
        assertThat(last).contains("ab\uFFFD");
        assertThat(broken).contains("ab\uFFFD");
    }

    /** The field's text after its events have been on the tape. */
    private static String taped(Field field, byte[] body, int chunk) {
        TapeCodec codec = new TapeCodec(SchemaRegistry.open("memory:"), new TopicCatalogue("", 1, (short) 1));
        ResponseAssembler assembler = new ResponseAssembler("recorded", "recorded");
        for (TokenEvent event : Decoded.of(field.api, body, chunk).events()) {
            assembler.accept(codec.decodeEvent(codec.encode(Topic.JOURNAL, event)));
        }
        return assembler.toResponse().getBlocks().stream()
                .filter(block -> block.getType() == field.block)
                .map(Block::getText)
                .findFirst()
                .orElse("nothing");
    }

    private static Field chat(BlockType block, String delta) {
        return new Field(
                ApiNames.CHAT,
                block,
                "{\"choices\":[{\"index\":0,\"delta\":{" + delta + "}}]}",
                List.of("", "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n[DONE]"));
    }

    private static Field call(String form) {
        Field field = chat(BlockType.TOOL_USE, form.replace("%s", "\"arguments\":\"%s\""));
        String begun = "{\"choices\":[{\"index\":0,\"delta\":{" + form.replace("%s", "\"name\":\"f\"") + "}}]}";
        return new Field(field.api, field.block, field.event, List.of(begun, field.around.getLast()));
    }

    private static Field responses(BlockType block, String piece) {
        String type = piece.replace("_arguments", "").replace("_input", "").replaceAll("_code$", "");
        boolean call = type.endsWith("_call");
        String item = call
                ? "{\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"type\":\"" + type
                        + "\",\"call_id\":\"c\",\"name\":\"f\"}}"
                : "";
        return new Field(
                ApiNames.RESPONSES,
                block,
                "{\"type\":\"response." + piece + ".delta\",\"output_index\":0,\"delta\":\"%s\"}",
                List.of(item, "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}"));
    }

    private static Field messages(BlockType block, String type, String delta, String name) {
        return new Field(
                ApiNames.MESSAGES,
                block,
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"" + delta + "\",\"" + name
                        + "\":\"%s\"}}",
                List.of(
                        "{\"type\":\"message_start\",\"message\":{\"content\":[]}}\n"
                                + "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"" + type
                                + "\"}}",
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n"
                                + "{\"type\":\"message_stop\"}"));
    }

    private static Field bedrock(BlockType block, String delta) {
        String start = block == BlockType.TOOL_USE
                ? "contentBlockStart "
                        + "{\"contentBlockIndex\":0,\"start\":{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"f\"}}}"
                : "messageStart {\"role\":\"assistant\"}";
        return new Field(
                ApiNames.BEDROCK,
                block,
                "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":" + delta + "}",
                List.of(
                        start,
                        "contentBlockStop {\"contentBlockIndex\":0}\nmessageStop {\"stopReason\":\"end_turn\"}"));
    }

    private static Field gemini(BlockType block, String part) {
        return new Field(
                ApiNames.GEMINI,
                block,
                "{\"candidates\":[{\"index\":0,\"content\":{\"parts\":[" + part + "]}}]}",
                List.of("", "{\"candidates\":[{\"index\":0,\"finishReason\":\"STOP\"}]}"));
    }

    private static Field ollama(BlockType block, String line) {
        return new Field(
                ApiNames.OLLAMA, block, line, List.of("", "{\"message\":{},\"done\":true,\"done_reason\":\"stop\"}"));
    }
}

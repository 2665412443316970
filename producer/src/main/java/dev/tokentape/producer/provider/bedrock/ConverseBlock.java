package dev.tokentape.producer.provider.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.producer.provider.api.Opening;
import dev.tokentape.producer.provider.api.ToolInput;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One content block of a ConverseStream. Text and reasoning have no start: their first delta tells what they are. */
final class ConverseBlock {

    private final Answer answer;
    private final OpenBlock block;
    private final ToolInput input;
    private boolean startTold;

    private ConverseBlock(Answer answer, OpenBlock block) {
        this.answer = answer;
        this.block = block;
        this.input = new ToolInput(answer);
        input.begin(block);
    }

    static ConverseBlock start(Answer answer, JsonNode start) {
        JsonNode toolUse = start.path("toolUse");
        JsonNode toolResult = start.path("toolResult");
        JsonNode image = start.path("image");
        if (toolUse.isObject()) {
            boolean server = "server_tool_use".equals(Json.text(toolUse, "type"));
            Opening opening = Opening.of(server ? BlockType.SERVER_TOOL_USE : BlockType.TOOL_USE);
            return open(answer, opening.call(Json.text(toolUse, "toolUseId"), Json.text(toolUse, "name")));
        }
        if (toolResult.isObject()) {
            Opening opening = Opening.of(BlockType.TOOL_RESULT).call(Json.text(toolResult, "toolUseId"), null);
            return open(answer, opening.data(facts(toolResult)));
        }
        if (image.isObject()) {
            String format = Json.text(image, "format");
            return open(answer, Opening.of(BlockType.IMAGE).media(format == null ? null : "image/" + format));
        }
        return open(answer, Opening.of(BlockType.OTHER).data(facts(start)));
    }

    static ConverseBlock impliedBy(Answer answer, JsonNode delta) {
        JsonNode reasoning = delta.path("reasoningContent");
        BlockType type;
        if (delta.hasNonNull("text") || delta.hasNonNull("citation")) {
            type = BlockType.TEXT;
        } else if (reasoning.isObject()) {
            type = reasoning.hasNonNull("redactedContent") ? BlockType.REDACTED_THINKING : BlockType.THINKING;
        } else if (delta.hasNonNull("toolUse")) {
            type = BlockType.TOOL_USE;
        } else if (delta.hasNonNull("toolResult")) {
            type = BlockType.TOOL_RESULT;
        } else {
            type = delta.hasNonNull("image") ? BlockType.IMAGE : BlockType.OTHER;
        }
        if (type == BlockType.REDACTED_THINKING) {
            String hidden = reasoning.path("redactedContent").asText();
            ConverseBlock block = open(answer, Opening.of(type).text(hidden));
            block.startTold = true;
            return block;
        }
        return open(answer, Opening.of(type));
    }

    /** Whether a delta goes on with this block: some models tell text and reasoning under one index. */
    boolean takes(JsonNode delta) {
        boolean reasoning = delta.hasNonNull("reasoningContent");
        return switch (block.type()) {
            case TEXT -> !reasoning && !delta.hasNonNull("toolUse");
            case THINKING, REDACTED_THINKING -> reasoning || !delta.hasNonNull("text");
            default -> true;
        };
    }

    void add(JsonNode delta) {
        delta(DeltaType.TEXT, delta, "text");
        JsonNode reasoning = delta.path("reasoningContent");
        delta(DeltaType.THINKING, reasoning, "text");
        delta(DeltaType.SIGNATURE, reasoning, "signature");
        if (!startTold) {
            delta(DeltaType.OTHER, reasoning, "redactedContent");
        }
        startTold = false;
        String arguments = Json.text(delta.path("toolUse"), "input");
        if (arguments != null) {
            input.add(arguments);
        }
        if (Json.present(delta.get("citation"))) {
            answer.delta(block, DeltaType.CITATION, Json.write(delta.path("citation")));
        }
        for (JsonNode result : delta.path("toolResult")) {
            String text = Json.text(result, "text");
            answer.delta(block, DeltaType.OTHER, text == null ? Json.write(result.path("json")) : text);
        }
        image(delta.path("image"));
        if (block.type() == BlockType.OTHER && Json.present(delta)) {
            answer.delta(block, DeltaType.OTHER, Json.write(delta));
        }
    }

    void stop() {
        input.end();
        answer.close(block);
    }

    /** The answer's end; a call whose arguments broke off stays open, as a sign that it is not whole. */
    void end() {
        if (block.type() != BlockType.TOOL_USE || input.closed()) {
            stop();
        }
    }

    private void image(JsonNode image) {
        JsonNode source = image.path("source");
        delta(DeltaType.DATA, source, "bytes");
        if (source.hasNonNull("s3Location")) {
            answer.delta(block, DeltaType.OTHER, Json.write(source));
        }
        if (Json.present(image.get("error"))) {
            answer.delta(block, DeltaType.OTHER, Json.write(image));
        }
    }

    private void delta(DeltaType type, JsonNode node, String field) {
        String text = Json.text(node, field);
        if (text != null) {
            answer.delta(block, type, text);
        }
    }

    private static ConverseBlock open(Answer answer, Opening opening) {
        return new ConverseBlock(answer, answer.open(0, opening));
    }

    private static @Nullable String facts(JsonNode told) {
        if (!Json.present(told)) {
            return null;
        }
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        if (told.isObject()) {
            kept.setAll((ObjectNode) told);
            kept.remove(List.of("toolUseId"));
        }
        return Json.write(kept);
    }
}

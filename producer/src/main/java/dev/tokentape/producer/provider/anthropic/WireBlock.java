package dev.tokentape.producer.provider.anthropic;

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

/** One content block of a Messages stream, and how its kind of content becomes ours. */
final class WireBlock {

    /** Fields that our own events carry; what a block has beside them is the provider's data. */
    private static final List<String> CARRIED =
            List.of("type", "id", "name", "input", "text", "thinking", "signature", "data", "citations");

    private final Answer answer;
    private final JsonNode start;
    private final OpenBlock block;
    private final String wholeInput;
    private final ToolInput input;
    private boolean inputStreamed;
    private boolean touched;

    private WireBlock(Answer answer, JsonNode start, OpenBlock block, String wholeInput) {
        this.answer = answer;
        this.start = start;
        this.block = block;
        this.wholeInput = wholeInput;
        this.input = new ToolInput(answer);
        input.begin(block);
    }

    static WireBlock start(Answer answer, JsonNode content) {
        String type = Json.text(content, "type");
        BlockType ours = typeOf(type == null ? "" : type);
        boolean opaque = ours == BlockType.TOOL_RESULT || ours == BlockType.OTHER;
        String id = Json.text(content, ours == BlockType.TOOL_RESULT ? "tool_use_id" : "id");
        Opening opening = Opening.of(ours)
                .call(id, Json.text(content, "name"))
                .text(ours == BlockType.REDACTED_THINKING ? content.path("data").asText("") : null)
                .data(opaque ? Json.write(content) : extra(content, ours));
        OpenBlock block = answer.open(0, opening);
        JsonNode input = content.path("input");
        boolean whole = ours == BlockType.TOOL_USE || ours == BlockType.SERVER_TOOL_USE;
        WireBlock started =
                new WireBlock(answer, content, block, whole && Json.present(input) ? Json.write(input) : "");
        if (!opaque) {
            started.startText(content);
        }
        return started;
    }

    /** A block's beginning as it must have been, told by its first delta. */
    static JsonNode impliedBy(JsonNode delta) {
        String kind = Json.text(delta, "type");
        String type = switch (kind == null ? "" : kind) {
            case "thinking_delta", "signature_delta" -> "thinking";
            case "input_json_delta" -> "tool_use";
            case "text_delta", "citations_delta" -> "text";
            default -> "unknown";
        };
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** Whether nothing came since this start, so that another like it is a repetition. */
    boolean untouchedSince(JsonNode content) {
        return !touched && start.equals(content);
    }

    void add(JsonNode delta) {
        touched = true;
        String kind = Json.text(delta, "type");
        switch (kind == null ? "" : kind) {
            case "text_delta" -> add(DeltaType.TEXT, delta, "text");
            case "thinking_delta" -> add(DeltaType.THINKING, delta, "thinking");
            case "signature_delta" -> add(DeltaType.SIGNATURE, delta, "signature");
            case "input_json_delta" -> {
                String piece = Json.text(delta, "partial_json");
                inputStreamed |= piece != null;
                input.add(piece == null ? "" : piece);
            }
            case "citations_delta" -> {
                if (Json.present(delta.get("citation"))) {
                    answer.delta(block, DeltaType.CITATION, Json.write(delta.path("citation")));
                }
            }
            case "compaction_delta" -> {
                add(DeltaType.OTHER, delta, "content");
                add(DeltaType.SIGNATURE, delta, "encrypted_content");
            }
            default -> {
                if (block.type() == BlockType.OTHER) {
                    answer.delta(block, DeltaType.OTHER, Json.write(delta));
                }
            }
        }
    }

    void stop() {
        touched = true;
        if (!inputStreamed) {
            inputStreamed = true;
            answer.delta(block, DeltaType.INPUT_JSON, wholeInput);
        }
        input.end();
        answer.close(block);
    }

    /** What a block brings along at its start instead of by deltas. */
    private void startText(JsonNode content) {
        add(DeltaType.TEXT, content, "text");
        add(DeltaType.THINKING, content, "thinking");
        add(DeltaType.SIGNATURE, content, "signature");
        for (JsonNode citation : content.path("citations")) {
            answer.delta(block, DeltaType.CITATION, Json.write(citation));
        }
    }

    private void add(DeltaType type, JsonNode node, String field) {
        String text = Json.text(node, field);
        if (text != null) {
            answer.delta(block, type, text);
        }
    }

    private static BlockType typeOf(String type) {
        return switch (type) {
            case "text" -> BlockType.TEXT;
            case "thinking" -> BlockType.THINKING;
            case "redacted_thinking" -> BlockType.REDACTED_THINKING;
            case "tool_use" -> BlockType.TOOL_USE;
            case "server_tool_use", "mcp_tool_use" -> BlockType.SERVER_TOOL_USE;
            default -> type.endsWith("tool_result") ? BlockType.TOOL_RESULT : BlockType.OTHER;
        };
    }

    private static @Nullable String extra(JsonNode content, BlockType ours) {
        if (!content.isObject()) {
            return null;
        }
        ObjectNode rest = content.deepCopy();
        rest.remove(CARRIED);
        boolean renamed = ours == BlockType.SERVER_TOOL_USE && !"server_tool_use".equals(Json.text(content, "type"));
        if (rest.isEmpty() && !renamed) {
            return null;
        }
        return Json.write(rest.put("type", content.path("type").asText()));
    }
}

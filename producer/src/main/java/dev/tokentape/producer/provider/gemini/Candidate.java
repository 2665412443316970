package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.producer.provider.api.Opening;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.StopReason;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One candidate of a Gemini stream, and how its parts become blocks: neighbouring parts of one kind are one block. */
final class Candidate {

    private static final List<String> KEPT =
            List.of("finishMessage", "safetyRatings", "urlContextMetadata", "avgLogprobs", "tokenCount");

    /** Fields of a part that are no content of their own. */
    private static final List<String> ASIDE =
            List.of("thought", "thoughtSignature", "partMetadata", "videoMetadata", "mediaResolution");

    private final Answer answer;
    private final int index;
    private final ObjectNode kept = JsonNodeFactory.instance.objectNode();
    private final Set<String> cited = new HashSet<>();
    private @Nullable OpenBlock current;
    private boolean signed;
    private @Nullable FunctionCall call;
    private boolean called;
    private @Nullable String finish;

    Candidate(Answer answer, int index) {
        this.answer = answer;
        this.index = index;
    }

    ObjectNode kept() {
        return kept;
    }

    @Nullable
    String finish() {
        return finish;
    }

    StopReason stopReason() {
        return switch (finish == null ? "" : finish.toUpperCase(Locale.ROOT)) {
            case "STOP" -> called ? StopReason.TOOL_USE : StopReason.END_TURN;
            case "MAX_TOKENS" -> StopReason.MAX_TOKENS;
            case "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "LANGUAGE",
                    "MODEL_ARMOR",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> StopReason.CONTENT_FILTER;
            case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL" -> StopReason.MALFORMED_TOOL_USE;
            default -> StopReason.OTHER;
        };
    }

    void add(JsonNode told) {
        told.path("content").path("parts").forEach(this::part);
        JsonNode citations = told.path("citationMetadata");
        citations.path("citationSources").forEach(this::cite);
        citations.path("citations").forEach(this::cite);
        cite(told.path("groundingMetadata"));
        if (Json.present(told.get("logprobsResult"))) {
            answer.delta(last(), DeltaType.LOGPROBS, Json.write(told.path("logprobsResult")));
        }
        KEPT.forEach(field -> {
            if (Json.present(told.get(field))) {
                kept.set(field, told.get(field));
            }
        });
        String reason = Json.text(told, "finishReason");
        finish = reason != null && !reason.equals("FINISH_REASON_UNSPECIFIED") ? reason : finish;
    }

    /** Ends all blocks; but a call whose arguments broke off stays open, as a sign that it is not whole. */
    void close() {
        closeCurrent();
    }

    private void part(JsonNode part) {
        String signature = Json.text(part, "thoughtSignature");
        boolean thought = part.path("thought").asBoolean(false);
        if (part.path("functionCall").isObject()) {
            call(part.path("functionCall"), signature);
        } else if (part.path("text").isTextual()) {
            BlockType type = thought ? BlockType.THINKING : BlockType.TEXT;
            String text = part.path("text").textValue();
            if (!text.isEmpty()) {
                answer.delta(in(type, signature != null), thought ? DeltaType.THINKING : DeltaType.TEXT, text);
            }
            sign(type, signature);
        } else if (part.path("inlineData").isObject()) {
            inline(part.path("inlineData"), thought, signature);
        } else if (part.path("executableCode").isObject()) {
            whole(BlockType.SERVER_TOOL_USE, part, "executableCode", "code_execution");
        } else if (part.path("toolCall").isObject()) {
            whole(BlockType.SERVER_TOOL_USE, part, "toolCall", Json.text(part.path("toolCall"), "toolType"));
        } else if (part.path("codeExecutionResult").isObject()) {
            whole(BlockType.TOOL_RESULT, part, "codeExecutionResult", null);
        } else if (part.path("toolResponse").isObject()) {
            whole(BlockType.TOOL_RESULT, part, "toolResponse", null);
        } else if (hasContent(part)) {
            closeCurrent();
            answer.close(answer.open(index, Opening.of(BlockType.OTHER).data(Json.write(part))));
        } else {
            sign(thought ? BlockType.THINKING : BlockType.TEXT, signature);
        }
    }

    private void call(JsonNode told, @Nullable String signature) {
        String name = Json.text(told, "name");
        FunctionCall open = call;
        if (open == null || name != null && !open.continues(told)) {
            if (name == null) {
                return;
            }
            closeCurrent();
            called = true;
            open = new FunctionCall(
                    answer, answer.open(index, Opening.of(BlockType.TOOL_USE).call(Json.text(told, "id"), name)), name);
        }
        call = open.add(told, signature) ? null : open;
    }

    private void inline(JsonNode data, boolean thought, @Nullable String signature) {
        closeCurrent();
        String mediaType = Json.text(data, "mimeType");
        boolean audio = mediaType != null && mediaType.startsWith("audio/");
        // A picture that the model draws while it thinks is not yet its answer.
        String facts =
                thought ? Json.write(JsonNodeFactory.instance.objectNode().put("thought", true)) : null;
        Opening opening = Opening.of(audio ? BlockType.AUDIO : BlockType.IMAGE);
        OpenBlock block = answer.open(index, opening.media(mediaType).data(facts));
        answer.delta(block, DeltaType.DATA, data.path("data").asText(""));
        close(block, signature);
    }

    /** A step of the server's own tools, which comes in one piece. */
    private void whole(BlockType type, JsonNode part, String field, @Nullable String toolName) {
        closeCurrent();
        boolean use = type == BlockType.SERVER_TOOL_USE;
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("type", field);
        if (part.path("thought").asBoolean(false)) {
            data.put("thought", true);
        }
        if (!use) {
            data.set(field, part.path(field));
        }
        Opening opening = Opening.of(type).call(Json.text(part.path(field), "id"), toolName);
        OpenBlock block = answer.open(index, opening.data(Json.write(data)));
        if (use) {
            answer.delta(block, DeltaType.INPUT_JSON, Json.write(part.path(field)));
        }
        close(block, Json.text(part, "thoughtSignature"));
    }

    /** Ends a block that came in one piece, signed where it was. */
    private void close(OpenBlock block, @Nullable String signature) {
        if (signature != null) {
            answer.delta(block, DeltaType.SIGNATURE, signature);
        }
        answer.close(block);
    }

    private void cite(JsonNode citation) {
        if (Json.present(citation)) {
            String text = Json.write(citation);
            if (cited.add(text)) {
                answer.delta(last(), DeltaType.CITATION, text);
            }
        }
    }

    /** A second signature begins another block: together they would be neither. */
    private void sign(BlockType type, @Nullable String signature) {
        if (signature != null) {
            answer.delta(in(type, true), DeltaType.SIGNATURE, signature);
            signed = true;
        }
    }

    private OpenBlock last() {
        OpenBlock block = current;
        return block != null ? block : in(BlockType.TEXT, false);
    }

    private OpenBlock in(BlockType type, boolean toSign) {
        OpenBlock block = current;
        if (block == null || block.type() != type || toSign && signed) {
            closeCurrent();
            block = answer.open(index, Opening.of(type));
            current = block;
        }
        return block;
    }

    private void closeCurrent() {
        answer.close(current);
        current = null;
        signed = false;
    }

    private static boolean hasContent(JsonNode part) {
        return part.properties().stream()
                .anyMatch(field -> !ASIDE.contains(field.getKey()) && Json.present(field.getValue()));
    }
}

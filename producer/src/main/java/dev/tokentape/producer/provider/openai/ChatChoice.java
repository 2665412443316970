package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.FieldBlocks;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.producer.provider.api.Opening;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * One of the alternative answers of a Chat Completions stream. The API has no blocks but fields; tool calls and audio
 * stay open to the end too, since their pieces may interleave.
 */
final class ChatChoice {

    private final Answer answer;
    private final int index;
    private final ChatToolCalls toolCalls;
    private final ExecutedTools executedTools;
    private final FieldBlocks blocks;
    private @Nullable OpenBlock audio;

    /** Told with the first piece, be that sound or not. */
    private @Nullable String audioId;

    private @Nullable String finish;
    private @Nullable String stopSequence;
    private boolean refused;
    private boolean textSigned;

    /** A server that streams may tell the whole message once more at the end. */
    private boolean streamed;

    ChatChoice(Answer answer, int index) {
        this.answer = answer;
        this.index = index;
        this.blocks = new FieldBlocks(answer, index);
        this.toolCalls = new ChatToolCalls(answer, index);
        this.executedTools = new ExecutedTools(answer, index);
    }

    int index() {
        return index;
    }

    /** The stop reason in the server's word; null before it came, or if it never came. */
    @Nullable
    String finish() {
        return finish;
    }

    @Nullable
    String stopSequence() {
        return stopSequence;
    }

    StopReason stopReason() {
        StopReason reason = ChatStops.reasonOf(finish);
        if (reason != StopReason.END_TURN) {
            return reason;
        }
        return refused ? StopReason.REFUSAL : toolCalls.any() ? StopReason.TOOL_USE : reason;
    }

    void add(JsonNode told) {
        blocks.chunk();
        JsonNode delta = told.path("delta");
        streamed |= Json.present(delta);
        if (!streamed) {
            delta = told.path("message");
        }
        thinking(delta);
        if (Json.present(delta.get("executed_tools"))) {
            blocks.endOther();
            executedTools.add(delta.path("executed_tools"));
        }
        content(delta.get("content"));
        // Some servers tell their deltas once more in the field that completions had before there were deltas.
        if (!streamed && told.path("text").isTextual()) {
            text(told.path("text").textValue());
        }
        signed(delta.path("extra_content").path("google"));
        String refusal = Json.text(delta, "refusal");
        if (refusal != null) {
            refused = true;
            answer.delta(blocks.in(BlockType.REFUSAL), DeltaType.REFUSAL, refusal);
        }
        each(delta.get("images"), this::part);
        audio(delta.path("audio"));
        toolCalls(delta);
        each(delta.get("annotations"), this::citation);
        JsonNode citation = delta.path("provider_specific_fields").path("citation");
        if (Json.present(citation)) {
            citation(citation);
        }
        logprobs(told.path("logprobs"));
        String reason = Json.text(told, "finish_reason");
        finish = reason != null ? reason : finish;
        String sequence = Json.text(told, "stop_reason");
        stopSequence = sequence != null ? sequence : stopSequence;
    }

    /** Gemini's signature of a text, as its own Chat Completions door tells it. */
    private void signed(JsonNode google) {
        String signature = Json.text(google, "thought_signature");
        if (signature != null) {
            if (textSigned) {
                blocks.end();
            }
            textSigned = true;
            answer.delta(blocks.in(BlockType.TEXT), DeltaType.SIGNATURE, signature);
        }
    }

    /** Ends all blocks; but a tool call whose arguments broke off stays open, as a sign that it is not whole. */
    void close() {
        blocks.end();
        answer.close(audio);
        toolCalls.close();
    }

    private void thinking(JsonNode delta) {
        String text = textOf(delta.get("reasoning_content"));
        text = !text.isEmpty() ? text : textOf(delta.get("reasoning"));
        text = !text.isEmpty() ? text : textOf(delta.get("thinking"));
        JsonNode details = delta.path("reasoning_details");
        JsonNode thoughts = delta.path("thinking_blocks");
        if (text.isEmpty()) {
            text = joined(details, "text", "summary");
        }
        if (text.isEmpty()) {
            text = joined(thoughts, "thinking");
        }
        if (!text.isEmpty()) {
            answer.delta(blocks.in(BlockType.THINKING), DeltaType.THINKING, text);
        }
        each(details, this::signedOrHidden);
        each(thoughts, this::signedOrHidden);
    }

    /** What accompanies thinking beside its text: a signature, or thinking that only the provider can read. */
    private void signedOrHidden(JsonNode detail) {
        String signature = Json.text(detail, "signature");
        if (signature != null) {
            answer.delta(blocks.in(BlockType.THINKING), DeltaType.SIGNATURE, signature);
        }
        String data = Json.text(detail, "data");
        if (data != null) {
            blocks.endOther();
            Opening opening = Opening.of(BlockType.REDACTED_THINKING).text(data);
            answer.close(answer.open(index, opening.data(without(detail, "data"))));
        }
    }

    private void content(@Nullable JsonNode content) {
        if (content == null) {
            return;
        }
        if (content.isTextual()) {
            text(content.textValue());
        } else if (content.isArray()) {
            content.forEach(this::part);
        } else if (content.isObject()) {
            part(content);
        }
    }

    private void part(JsonNode part) {
        if (part.isTextual()) {
            text(part.textValue());
            return;
        }
        String type = Json.text(part, "type");
        switch (type == null ? "text" : type) {
            case "text", "output_text" -> text(textOf(part));
            case "thinking", "reasoning" -> {
                String text = textOf(part);
                if (!text.isEmpty()) {
                    answer.delta(blocks.in(BlockType.THINKING), DeltaType.THINKING, text);
                }
                signedOrHidden(part);
            }
            case "refusal" -> {
                refused = true;
                answer.delta(blocks.in(BlockType.REFUSAL), DeltaType.REFUSAL, textOf(part.get("refusal")));
            }
            case "image_url" -> image(part);
            case "reference", "citation", "url_citation" -> citation(part);
            default -> {
                if (Json.present(part)) {
                    blocks.end();
                    answer.close(answer.open(index, Opening.of(BlockType.OTHER).data(Json.write(part))));
                }
            }
        }
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            answer.delta(blocks.in(BlockType.TEXT), DeltaType.TEXT, text);
        }
    }

    private void citation(JsonNode citation) {
        answer.delta(blocks.in(BlockType.TEXT), DeltaType.CITATION, Json.write(citation));
    }

    private void image(JsonNode part) {
        JsonNode address = part.path("image_url");
        String url = address.isTextual() ? address.textValue() : Json.text(address, "url");
        if (url == null) {
            return;
        }
        blocks.end();
        int comma = url.indexOf(";base64,");
        if (url.startsWith("data:") && comma > 0) {
            String mediaType = url.substring("data:".length(), comma);
            OpenBlock block = answer.open(index, Opening.of(BlockType.IMAGE).media(mediaType));
            answer.delta(block, DeltaType.DATA, url.substring(comma + ";base64,".length()));
            answer.close(block);
        } else {
            answer.close(answer.open(index, Opening.of(BlockType.IMAGE).data(Json.write(part))));
        }
    }

    private void audio(JsonNode told) {
        String transcript = Json.text(told, "transcript");
        if (transcript != null) {
            text(transcript);
        }
        String id = Json.text(told, "id");
        audioId = audioId == null ? id : audioId;
        String data = Json.text(told, "data");
        if (data != null) {
            if (audio == null) {
                String facts = audioId == null
                        ? null
                        : Json.write(JsonNodeFactory.instance.objectNode().put("id", audioId));
                audio = answer.open(
                        index, Opening.of(BlockType.AUDIO).media("audio/pcm").data(facts));
            }
            answer.delta(audio, DeltaType.DATA, data);
        }
    }

    private void toolCalls(JsonNode delta) {
        JsonNode calls = delta.get("tool_calls");
        JsonNode legacy = delta.get("function_call");
        if (Json.present(calls) || Json.present(legacy)) {
            blocks.endOther();
        }
        if (calls != null && calls.isArray()) {
            for (int place = 0; place < calls.size(); place++) {
                toolCalls.add(calls.path(place), place);
            }
        } else if (calls != null && calls.isObject()) {
            toolCalls.add(calls, 0);
        }
        if (legacy != null && legacy.isObject() && !legacy.isEmpty()) {
            toolCalls.addLegacy(legacy);
        }
    }

    private void logprobs(JsonNode told) {
        if (Json.present(told.get("content"))) {
            OpenBlock block = toolCalls.any() ? toolCalls.last() : blocks.last();
            answer.delta(
                    block == null ? blocks.in(BlockType.TEXT) : block,
                    DeltaType.LOGPROBS,
                    Json.write(told.path("content")));
        }
        if (Json.present(told.get("refusal"))) {
            answer.delta(blocks.in(BlockType.REFUSAL), DeltaType.LOGPROBS, Json.write(told.path("refusal")));
        }
        if (Json.present(told.get("reasoning_content"))) {
            answer.delta(blocks.in(BlockType.THINKING), DeltaType.LOGPROBS, Json.write(told.path("reasoning_content")));
        }
    }

    /** Text in any of its shapes: itself, an object that has it, or several of them. */
    private static String textOf(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return "";
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isArray()) {
            StringBuilder all = new StringBuilder();
            node.forEach(element -> all.append(textOf(element)));
            return all.toString();
        }
        for (String field : new String[] {"text", "thinking", "content", "summary"}) {
            if (Json.present(node.get(field))) {
                return textOf(node.get(field));
            }
        }
        return "";
    }

    private static String joined(JsonNode details, String... fields) {
        StringBuilder all = new StringBuilder();
        for (JsonNode detail : details) {
            for (String field : fields) {
                String text = Json.text(detail, field);
                all.append(text == null ? "" : text);
            }
        }
        return all.toString();
    }

    private static String without(JsonNode object, String field) {
        return Json.write(object.<com.fasterxml.jackson.databind.node.ObjectNode>deepCopy()
                .without(field));
    }

    private static void each(@Nullable JsonNode array, java.util.function.Consumer<JsonNode> action) {
        if (array != null && array.isArray()) {
            array.forEach(action);
        }
    }
}

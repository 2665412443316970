package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonExtent;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One output item of a Responses stream, and how its parts become blocks: each part of a message or of reasoning is one,
 * a call is one, and what a call brought back is another.
 *
 * <p>A part is told by deltas and then once more as a whole; the whole counts only where there were no deltas.
 */
final class OutputItem {

    /** Calls whose name is known before their block begins. */
    private static final Set<String> NAMED_CALLS = Set.of("function_call", "custom_tool_call");

    /** Calls that the client carries out; every other call is the server's own. */
    private static final Set<String> CLIENT_CALLS = Set.of(
            "function_call", "custom_tool_call", "computer_call", "local_shell_call", "apply_patch_call", "tool_use");

    private static final List<String> RESULTS = List.of("results", "outputs", "output", "error", "tools");

    /** Fields of a call that its block, its input or its result carries already. */
    private static final List<String> CARRIED = List.of(
            "call_id",
            "name",
            "arguments",
            "input",
            "code",
            "status",
            "result",
            "results",
            "outputs",
            "output",
            "error");

    private static final String CODE = "code";

    private final Answer answer;
    private final String type;
    private final Set<String> told = new HashSet<>();
    private final StringBuilder held = new StringBuilder();
    private final JsonExtent extent = new JsonExtent();
    private JsonNode item;
    private @Nullable OpenBlock current;
    private String part = "";
    private @Nullable OpenBlock audio;
    private boolean refused;
    private boolean done;

    private OutputItem(Answer answer, String type, JsonNode item) {
        this.answer = answer;
        this.type = type;
        this.item = item;
    }

    static OutputItem start(Answer answer, JsonNode item) {
        String type = Json.text(item, "type");
        OutputItem started = new OutputItem(answer, type == null ? "" : type, item);
        if (started.isCall()) {
            if (Json.text(item, "name") != null || !NAMED_CALLS.contains(started.type)) {
                started.begin();
            }
        } else if (started.type.equals("reasoning")) {
            started.current = answer.open(0, BlockType.THINKING, null, null, null, null, started.facts());
        }
        return started;
    }

    String type() {
        return type;
    }

    /** Whether it has been told as it is in the end. */
    boolean done() {
        return done;
    }

    boolean refused() {
        return refused;
    }

    boolean wantsClient() {
        return CLIENT_CALLS.contains(type);
    }

    void text(JsonNode event, String field) {
        add(BlockType.TEXT, DeltaType.TEXT, "text", event, "content_index", field);
        JsonNode logprobs = event.get("logprobs");
        if (field.equals("delta") && Json.present(logprobs) && logprobs != null) {
            answer.delta(
                    block(BlockType.TEXT, "text", event, "content_index"), DeltaType.LOGPROBS, Json.write(logprobs));
        }
    }

    void refusal(JsonNode event, String field) {
        refused |= Json.text(event, field) != null;
        add(BlockType.REFUSAL, DeltaType.REFUSAL, "refusal", event, "content_index", field);
    }

    void summary(JsonNode event, String field) {
        add(BlockType.THINKING, DeltaType.THINKING, "summary", event, "summary_index", field);
    }

    void reasoning(JsonNode event, String field) {
        add(BlockType.THINKING, DeltaType.THINKING, "reasoning", event, "content_index", field);
    }

    void citation(JsonNode event, JsonNode annotation) {
        if (Json.present(annotation)) {
            told.add("annotations");
            answer.delta(
                    block(BlockType.TEXT, "text", event, "content_index"), DeltaType.CITATION, Json.write(annotation));
        }
    }

    void input(JsonNode event, String field) {
        String text = Json.text(event, field);
        if (text == null || !field.equals("delta") && !told.isEmpty()) {
            return;
        }
        told.add("input");
        extent.add(text);
        if (current != null) {
            answer.delta(current, DeltaType.INPUT_JSON, text);
        } else {
            answer.count(text.length());
            held.append(text);
        }
    }

    /** Code that the server runs, as the JSON object that its other tools have for input. */
    void code(JsonNode event, String field) {
        String text = Json.text(event, field);
        if (text == null || current == null || !field.equals("delta") && told.contains(CODE)) {
            return;
        }
        String quoted = Json.write(JsonNodeFactory.instance.textNode(text));
        String inside = quoted.substring(1, quoted.length() - 1);
        answer.delta(current, DeltaType.INPUT_JSON, told.add(CODE) ? "{\"code\":\"" + inside : inside);
    }

    void partialImage(JsonNode event) {
        ObjectNode facts = event.deepCopy();
        facts.remove(List.of("partial_image_b64", "type", "sequence_number", "item_id", "output_index"));
        image(Json.text(event, "partial_image_b64"), event, Json.write(facts));
    }

    void audio(JsonNode event) {
        String data = Json.text(event, "delta");
        if (data != null) {
            audio = audio != null ? audio : answer.open(0, BlockType.AUDIO, null, null, "audio/pcm", null, null);
            answer.delta(audio, DeltaType.DATA, data);
        }
    }

    /** The item as it is in the end. */
    void done(JsonNode whole) {
        if (done) {
            return;
        }
        done = true;
        beginBy(whole);
        switch (type) {
            case "message" -> parts(whole.path("content"), "content_index");
            case "reasoning" -> {
                parts(whole.path("summary"), "summary_index");
                parts(whole.path("content"), "content_index");
                String encrypted = Json.text(whole, "encrypted_content");
                if (encrypted != null && current != null) {
                    answer.delta(current, DeltaType.SIGNATURE, encrypted);
                }
            }
            case "function_call", "mcp_call" -> input(whole, "arguments");
            case "custom_tool_call" -> input(whole, "input");
            case "code_interpreter_call" -> {
                code(whole, "code");
                endCode();
            }
            default -> {
                if (isCall()) {
                    wholeInput(whole);
                } else if (Json.present(whole)) {
                    BlockType kind = type.endsWith("_output") ? BlockType.TOOL_RESULT : BlockType.OTHER;
                    answer.close(
                            answer.open(0, kind, Json.text(whole, "call_id"), null, null, null, Json.write(whole)));
                }
            }
        }
        boolean brokenOff = wantsClient()
                && ("incomplete".equals(Json.text(whole, "status"))
                        || type.equals("function_call") && !extent.closed());
        if (!brokenOff) {
            answer.close(current);
        }
        answer.close(audio);
        if (isCall()) {
            results(whole);
        }
    }

    /** Ends what is open; but a client's call whose arguments broke off stays open, as a sign that it is not whole. */
    void close() {
        if (!done) {
            beginBy(item);
            endCode();
            if (!wantsClient() || extent.closed() && !extent.empty()) {
                answer.close(current);
            }
        }
        answer.close(audio);
    }

    /** Begins a call's block that has waited for its name. */
    private void beginBy(JsonNode whole) {
        if (isCall() && current == null) {
            item = whole;
            begin();
        }
    }

    private void begin() {
        String callId = Json.text(item, "call_id");
        OpenBlock block = answer.open(
                0,
                wantsClient() ? BlockType.TOOL_USE : BlockType.SERVER_TOOL_USE,
                callId == null ? Json.text(item, "id") : callId,
                Json.text(item, "name"),
                null,
                null,
                facts());
        answer.delta(block, DeltaType.INPUT_JSON, held.toString());
        held.setLength(0);
        current = block;
    }

    private boolean isCall() {
        return type.endsWith("_call") || type.equals("tool_use") || type.equals("mcp_list_tools");
    }

    private void add(BlockType kind, DeltaType delta, String name, JsonNode event, String indexField, String field) {
        String text = Json.text(event, field);
        String key = name + event.path(indexField).asInt(0);
        if (text != null && (field.equals("delta") || !told.contains(key))) {
            told.add(key);
            answer.delta(block(kind, name, event, indexField), delta, text);
        }
    }

    private OpenBlock block(BlockType kind, String name, JsonNode event, String indexField) {
        String key = name + event.path(indexField).asInt(0);
        OpenBlock block = current;
        boolean waiting = block != null && part.isEmpty() && block.type() == kind;
        if (block == null || !part.equals(key) && !waiting) {
            answer.close(block);
            block = answer.open(0, kind, null, null, null, null, facts());
            current = block;
        }
        part = key;
        return block;
    }

    /** A part as it is in the end. */
    void part(JsonNode event, String indexField) {
        if (event.path("part").isObject()) {
            ObjectNode whole = event.path("part").deepCopy();
            part(whole.put(indexField, event.path(indexField).asInt(0)), indexField, kindOf(whole));
        }
    }

    /** The parts as they are in the end. One that was told is known by its place among its kind: some servers count others along. */
    private void parts(JsonNode parts, String indexField) {
        Map<String, Long> before = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.path(i).isObject()) {
                continue;
            }
            ObjectNode whole = parts.path(i).deepCopy();
            String kind = kindOf(whole);
            long known = before.computeIfAbsent(
                    kind, k -> told.stream().filter(key -> key.startsWith(k)).count());
            before.put(kind, known - 1);
            if (known <= 0) {
                part(whole.put(indexField, i), indexField, kind);
            } else if (kind.equals("text")) {
                cite(whole.put(indexField, i), indexField);
            }
        }
    }

    private void part(JsonNode whole, String indexField, String kind) {
        switch (kind) {
            case "text" -> {
                text(whole, "text");
                cite(whole, indexField);
            }
            case "refusal" -> refusal(whole, "refusal");
            case "summary" -> summary(whole, "text");
            case "reasoning" -> reasoning(whole, "text");
            default -> {}
        }
    }
    /** Citations that had no events of their own. */
    private void cite(JsonNode whole, String indexField) {
        if (told.contains("annotations")
                || !told.add("cited" + whole.path(indexField).asInt(0))) {
            return;
        }
        for (JsonNode annotation : whole.path("annotations")) {
            OpenBlock block = current;
            answer.delta(
                    block != null && block.type() == BlockType.TEXT
                            ? block
                            : block(BlockType.TEXT, "text", whole, indexField),
                    DeltaType.CITATION,
                    Json.write(annotation));
        }
    }

    private static String kindOf(JsonNode part) {
        return switch (part.path("type").asText()) {
            case "output_text", "text" -> "text";
            case "refusal" -> "refusal";
            case "summary_text" -> "summary";
            case "reasoning_text" -> "reasoning";
            default -> "";
        };
    }

    private void endCode() {
        if (current != null && told.remove(CODE)) {
            answer.delta(current, DeltaType.INPUT_JSON, "\"}");
        }
    }

    private void wholeInput(JsonNode whole) {
        if (!whole.isObject()) {
            return;
        }
        ObjectNode input = whole.deepCopy();
        input.remove(CARRIED);
        input.remove(List.of("id", "type", "tools"));
        JsonNode only = input.size() == 1 && input.path("action").isObject() ? input.path("action") : input;
        if (current != null && Json.present(only)) {
            String text = Json.write(only);
            extent.add(text);
            answer.delta(current, DeltaType.INPUT_JSON, text);
        }
    }

    private void results(JsonNode whole) {
        image(Json.text(whole, "result"), whole, null);
        if (RESULTS.stream().anyMatch(field -> Json.present(whole.get(field)))) {
            ObjectNode result = JsonNodeFactory.instance.objectNode().put("type", type + "_result");
            RESULTS.forEach(field -> {
                if (Json.present(whole.get(field))) {
                    result.set(field, whole.get(field));
                }
            });
            answer.close(answer.open(
                    0,
                    BlockType.TOOL_RESULT,
                    Json.text(whole, "id"),
                    Json.text(whole, "name"),
                    null,
                    null,
                    Json.write(result)));
        }
    }

    private void image(@Nullable String data, JsonNode told, @Nullable String facts) {
        if (data != null) {
            String format = Json.text(told, "output_format");
            OpenBlock image = answer.open(
                    0, BlockType.IMAGE, null, null, "image/" + (format == null ? "png" : format), null, facts);
            answer.delta(image, DeltaType.DATA, data);
            answer.close(image);
        }
    }

    /** What is told of the item beside its content; null where that is nothing. */
    private @Nullable String facts() {
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        item.properties().forEach(field -> {
            boolean encrypted = field.getKey().equals("encrypted_content");
            if (field.getValue().isTextual() && Json.present(field.getValue()) && !encrypted) {
                facts.set(field.getKey(), field.getValue());
            }
        });
        facts.remove(CARRIED);
        facts.remove("role");
        if (type.equals("message") || type.equals("function_call")) {
            facts.remove("type");
        }
        return facts.isEmpty() ? null : Json.write(facts);
    }
}

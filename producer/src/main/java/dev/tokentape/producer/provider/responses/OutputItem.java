package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.producer.provider.api.Opening;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One output item of a Responses stream, and how its parts become blocks: each part of a message or of reasoning is
 * one, a call is one, and what a call brought back is another.
 *
 * <p>A part is told by deltas and then once more as a whole; the whole counts only where there were no deltas.
 */
final class OutputItem {

    /** Calls whose name is known before their block begins. */
    private static final Set<String> NAMED_CALLS = Set.of("function_call", "custom_tool_call");

    /** Stands for the index of an item that was told without one. */
    static final long NO_INDEX = -1;

    private final Answer answer;
    private final String type;
    private final long wireIndex;
    private final Set<String> told = new HashSet<>();
    private final ItemInput input;
    private final ItemMedia media;
    private JsonNode item;
    private @Nullable OpenBlock current;
    private String part = "";
    private boolean refused;
    private boolean done;
    private boolean served;

    private OutputItem(Answer answer, String type, JsonNode item, long wireIndex) {
        this.answer = answer;
        this.type = type;
        this.wireIndex = wireIndex;
        this.item = item;
        this.input = new ItemInput(answer, type.equals("custom_tool_call"));
        this.media = new ItemMedia(answer);
    }

    static OutputItem start(Answer answer, JsonNode item, long wireIndex) {
        String type = Json.text(item, "type");
        OutputItem started = new OutputItem(answer, type == null ? "" : type, item, wireIndex);
        if (started.isCall()) {
            started.beginBy(item);
        } else if (started.type.equals("reasoning")) {
            started.current = answer.open(0, Opening.of(BlockType.THINKING).data(started.facts()));
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
        return ClientCalls.areFor(type, item) && !served;
    }

    boolean isAt(long index) {
        return wireIndex == index;
    }

    /** Whether something in it tells it from others of its kind. */
    boolean isNamed() {
        return Json.text(item, "id") != null || Json.text(item, "call_id") != null;
    }

    /** Whether both are calls, and by their ids two of them. */
    boolean isAnotherCallThan(JsonNode other) {
        String id = Json.text(item, "id");
        return differ("call_id", other) && (id == null || !id.equals(Json.text(other, "id")));
    }

    private boolean differ(String field, JsonNode other) {
        String its = Json.text(item, field);
        String others = Json.text(other, field);
        return its != null && others != null && !its.equals(others);
    }

    /** Tells that what the call brought came with the answer itself. */
    void answered() {
        served = true;
    }

    /** Whether it may be a call of the server's own tools too, which some servers tell like a client's. */
    boolean mayBeServed() {
        return type.equals("custom_tool_call");
    }

    /** Ends a call that the server has carried out itself: its results came in its place. */
    void served() {
        input(item, "arguments");
        input.end();
        answer.close(current);
        done = true;
        served = true;
    }

    void text(JsonNode event, String field) {
        boolean added = add(BlockType.TEXT, DeltaType.TEXT, "text", event, "content_index", field);
        JsonNode logprobs = event.get("logprobs");
        if ((added || field.equals("delta")) && Json.present(logprobs) && logprobs != null) {
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
        input.text(event, field);
    }

    /** Code that the server runs, as the JSON object that its other tools have for input. */
    void code(JsonNode event, String field) {
        input.code(current, event, field);
    }

    void partialImage(JsonNode event) {
        media.partialImage(event);
    }

    void audio(JsonNode event) {
        media.audio(event);
    }

    /** The item as it is in the end. */
    void done(JsonNode whole) {
        if (done) {
            return;
        }
        done = true;
        beginWith(whole);
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
            case "function_call", "mcp_call", "mcp_approval_request" -> input(whole, "arguments");
            case "custom_tool_call" -> input(whole, "input");
            case "code_interpreter_call" -> {
                code(whole, "code");
                input.endCode(current);
            }
            default -> {
                if (isCall()) {
                    input.whole(current, whole);
                } else if (Json.present(whole)) {
                    boolean result = type.endsWith("_output") || type.endsWith("_results");
                    BlockType kind = result ? BlockType.TOOL_RESULT : BlockType.OTHER;
                    Opening opening = Opening.of(kind).call(Json.text(whole, "call_id"), null);
                    answer.close(answer.open(0, opening.data(Json.write(whole))));
                }
            }
        }
        input.end();
        boolean brokenOff = wantsClient()
                && ("incomplete".equals(Json.text(whole, "status")) || type.equals("function_call") && !input.closed());
        if (!brokenOff) {
            answer.close(current);
        }
        media.close();
        if (isCall()) {
            media.results(type, whole);
        }
    }

    /** Ends what is open; but a client's call whose arguments broke off stays open, as a sign that it is not whole. */
    void close() {
        if (!done) {
            beginWith(item);
            input(item, type.equals("custom_tool_call") ? "input" : "arguments");
            input.endCode(current);
            input.end();
            if (!wantsClient() || input.complete()) {
                answer.close(current);
            }
        }
        media.close();
    }

    /** Begins a call's block as soon as it is known what it is called and whose it is. */
    void beginBy(JsonNode told) {
        if (!ClientCalls.comeWhole(type) && (Json.text(told, "name") != null || !NAMED_CALLS.contains(type))) {
            beginWith(told);
        }
    }

    /** Begins a call's block with what there is. */
    private void beginWith(JsonNode told) {
        if (isCall() && current == null) {
            item = told;
            begin();
        }
    }

    private void begin() {
        String callId = Json.text(item, "call_id");
        boolean client = wantsClient();
        Opening opening = Opening.of(client ? BlockType.TOOL_USE : BlockType.SERVER_TOOL_USE)
                .call(
                        callId == null ? Json.text(item, "id") : callId,
                        client ? ClientCalls.nameOf(type, item) : Json.text(item, "name"))
                .data(facts());
        OpenBlock block = answer.open(0, opening);
        input.release(block);
        current = block;
    }

    private boolean isCall() {
        return type.endsWith("_call")
                || type.equals("tool_use")
                || type.equals("mcp_list_tools")
                || type.equals("mcp_approval_request");
    }

    private boolean add(BlockType kind, DeltaType delta, String name, JsonNode event, String indexField, String field) {
        String text = Json.text(event, field);
        String key = name + event.path(indexField).asInt(0);
        boolean more = text != null && (field.equals("delta") || !told.contains(key));
        if (more && text != null) {
            told.add(key);
            answer.delta(block(kind, name, event, indexField), delta, text);
        }
        return more;
    }

    private OpenBlock block(BlockType kind, String name, JsonNode event, String indexField) {
        String key = name + event.path(indexField).asInt(0);
        OpenBlock block = current;
        boolean waiting = block != null && part.isEmpty() && block.type() == kind;
        if (block == null || !part.equals(key) && !waiting) {
            answer.close(block);
            block = answer.open(0, Opening.of(kind).data(facts()));
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

    /** The finished parts. One already told is known by its place among its kind: some servers count others too. */
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
            case "other" -> {
                if (told.add(kind + whole.path(indexField).asInt(0))) {
                    ((ObjectNode) whole).remove(indexField);
                    answer.close(answer.open(0, Opening.of(BlockType.OTHER).data(Json.write(whole))));
                }
            }
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
            // Sound has events of its own.
            case "", "audio", "output_audio" -> "";
            default -> "other";
        };
    }

    /** What is told of the item beside its content; null where that is nothing. */
    private @Nullable String facts() {
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        item.properties().forEach(field -> {
            boolean encrypted = field.getKey().equals("encrypted_content");
            boolean kept = field.getValue().isTextual()
                    || NAMED_CALLS.contains(type)
                    || ItemInput.BESIDE.contains(field.getKey());
            if (kept && Json.present(field.getValue()) && !encrypted) {
                facts.set(field.getKey(), field.getValue());
            }
        });
        facts.remove(ItemInput.CARRIED);
        facts.remove("role");
        if (type.equals("message") || type.equals("function_call")) {
            facts.remove("type");
        }
        return facts.isEmpty() ? null : Json.write(facts);
    }
}

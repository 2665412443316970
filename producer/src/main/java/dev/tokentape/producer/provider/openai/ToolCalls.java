package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonExtent;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tool calls of one choice, told apart.
 *
 * <p>A piece belongs to the call of its index; where it has none, to the call of its id; else to the last call, unless it
 * brings a name, which begins another. A piece with a name and another id than its index has begins another call too:
 * some servers give every call index 0. An id without a name does not: some servers invent a new one for every piece. A
 * known name or id is never overwritten.
 */
final class ToolCalls {

    private static final long NO_INDEX = -1;
    private static final long LEGACY = -2;

    private final class Call {
        private final long wireIndex;
        private final JsonExtent extent = new JsonExtent();
        private final StringBuilder held = new StringBuilder();
        private @Nullable String id;
        private @Nullable String name;
        private @Nullable ObjectNode extra;
        private @Nullable OpenBlock block;

        /** Its input is no JSON, so nothing tells whether that is whole. */
        private boolean text;

        private Call(long wireIndex) {
            this.wireIndex = wireIndex;
        }

        private void add(@Nullable String newId, @Nullable String newName, String arguments) {
            boolean repeated = name != null && name.equals(newName) && !extent.empty() && extent.closed();
            id = id == null ? newId : id;
            name = name == null ? newName : name;
            if (repeated) {
                return;
            }
            extent.add(arguments);
            if (block != null) {
                answer.delta(block, DeltaType.INPUT_JSON, arguments);
            } else {
                answer.count(arguments.length());
                held.append(arguments);
                if (name != null) {
                    begin();
                }
            }
        }

        /** Begins the block, which waits for the call's name. */
        private void begin() {
            block = answer.open(
                    choice,
                    BlockType.TOOL_USE,
                    id,
                    name,
                    null,
                    null,
                    extra == null || extra.isEmpty() ? null : Json.write(extra));
            answer.delta(block, DeltaType.INPUT_JSON, held.toString());
            held.setLength(0);
        }

        private void close() {
            if (block == null) {
                begin();
            }
            if (extent.closed() || text) {
                answer.close(block);
            }
        }
    }

    private final Answer answer;
    private final int choice;
    private final List<Call> calls = new ArrayList<>();

    ToolCalls(Answer answer, int choice) {
        this.answer = answer;
        this.choice = choice;
    }

    boolean any() {
        return !calls.isEmpty();
    }

    @Nullable
    OpenBlock last() {
        return calls.isEmpty() ? null : calls.getLast().block;
    }

    void add(JsonNode piece) {
        if (!piece.isObject()) {
            return;
        }
        String type = Json.text(piece, "type");
        JsonNode function = piece.path(piece.path("custom").isObject() ? "custom" : "function");
        Long index = Json.number(piece, "index");
        String id = Json.text(piece, "id");
        String name = Json.text(function, "name");
        Call call = find(index, id, name);
        if (call == null) {
            if (calls.size() >= answer.limits().blocks()) {
                answer.count(answer.limits().answerCharacters());
            }
            call = new Call(index == null ? NO_INDEX : index);
            calls.add(call);
        }
        call.text |= function.has("input");
        if (call.block == null) {
            ObjectNode extra = ((ObjectNode) piece).deepCopy();
            extra.remove(List.of("index", "id", "function", "custom", "type"));
            if (type != null && !type.equals("function")) {
                extra.put("type", type);
            }
            if (!extra.isEmpty()) {
                answer.count(Json.write(extra).length());
            }
            call.extra = extra;
        }
        JsonNode arguments = function.path(function.has("input") ? "input" : "arguments");
        call.add(id, name, textOf(arguments));
    }

    /** A piece of the one call in the form that came before tool calls. */
    void addLegacy(JsonNode function) {
        Call call = calls.stream()
                .filter(known -> known.wireIndex == LEGACY)
                .findFirst()
                .orElse(null);
        if (call == null) {
            call = new Call(LEGACY);
            calls.add(call);
        }
        call.add(null, Json.text(function, "name"), textOf(function.path("arguments")));
    }

    void close() {
        calls.forEach(Call::close);
    }

    private @Nullable Call find(@Nullable Long index, @Nullable String id, @Nullable String name) {
        if (index == null && id == null) {
            return name != null || calls.isEmpty() ? null : calls.getLast();
        }
        for (int i = calls.size() - 1; i >= 0; i--) {
            Call call = calls.get(i);
            if (index == null) {
                if (id != null && id.equals(call.id)) {
                    return call;
                }
            } else if (call.wireIndex == index) {
                boolean another = name != null
                        && (id != null && call.id != null
                                ? !id.equals(call.id)
                                : id == null && call.name != null && !call.extent.empty() && call.extent.closed());
                if (!another) {
                    return call;
                }
                if (id == null) {
                    return null;
                }
            }
        }
        boolean going = name == null && !calls.isEmpty();
        return going && (index == null || id == null && calls.getLast().wireIndex == NO_INDEX) ? calls.getLast() : null;
    }

    private static String textOf(JsonNode arguments) {
        if (arguments.isTextual()) {
            return arguments.textValue();
        }
        return arguments.isMissingNode() || arguments.isNull() ? "" : Json.write(arguments);
    }
}

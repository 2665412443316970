package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.producer.provider.api.Opening;
import dev.tokentape.producer.provider.api.ToolInput;
import dev.tokentape.schemas.avro.BlockType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tool calls of one choice, told apart.
 *
 * <p>A piece belongs to the call of its index; where it has none, to the call of its id; else to the last call, unless
 * it brings a name, which begins another. A piece with a name and another id than its index has begins another call
 * too: some servers give every call index 0. An id without a name does not: some servers invent a new one for every
 * piece. A known name or id is never overwritten.
 */
final class ChatToolCalls {

    private static final long NO_INDEX = -1;
    private static final long LEGACY = -2;

    private final class Call {
        private final long wireIndex;
        private final ToolInput input = new ToolInput(answer);
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
            boolean repeated = newName != null && newName.equals(name) && !input.empty() && input.closed();
            id = id == null ? newId : id;
            if (block == null) {
                named(newName);
            }
            if (repeated) {
                return;
            }
            if (text) {
                input.addText(arguments);
            } else {
                input.add(arguments);
            }
            boolean nameIsWhole = newName == null && !arguments.isEmpty();
            if (name != null && (nameIsWhole || input.told())) {
                begin();
            }
        }

        /** A name may come in pieces; one that comes once more is no piece. */
        private void named(@Nullable String piece) {
            if (piece != null && !piece.equals(name)) {
                answer.count(piece.length());
                name = name == null ? piece : name + piece;
            }
        }

        /** Begins the block, which waits for the whole name: until there is input, or the next call. */
        private void begin() {
            if (block == null) {
                String facts = extra == null || extra.isEmpty() ? null : Json.write(extra);
                block = answer.open(
                        choice, Opening.of(BlockType.TOOL_USE).call(id, name).data(facts));
                input.begin(block);
            }
        }

        private void close() {
            begin();
            input.end();
            if (input.closed() || text) {
                answer.close(block);
            }
        }
    }

    private final Answer answer;
    private final int choice;
    private final List<Call> calls = new ArrayList<>();

    ChatToolCalls(Answer answer, int choice) {
        this.answer = answer;
        this.choice = choice;
    }

    boolean any() {
        return !calls.isEmpty();
    }

    @Nullable
    OpenBlock last() {
        if (calls.isEmpty()) {
            return null;
        }
        calls.getLast().begin();
        return calls.getLast().block;
    }

    /** @param place where the piece stands among those of its chunk */
    void add(JsonNode piece, int place) {
        if (!piece.isObject()) {
            return;
        }
        String type = Json.text(piece, "type");
        JsonNode function = piece.path(piece.path("custom").isObject() ? "custom" : "function");
        Long index = Json.number(piece, "index");
        String id = Json.text(piece, "id");
        String name = Json.text(function, "name");
        Call call = find(index, id, name, place);
        if (call == null) {
            call = begun(new Call(index == null ? NO_INDEX : index));
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
            call.extra = merged(call.extra, extra);
        }
        JsonNode arguments = function.path(function.has("input") ? "input" : "arguments");
        call.add(id, name, textOf(arguments));
    }

    /** A piece of the one call in the form that came before tool calls; a server may tell both forms. */
    void addLegacy(JsonNode function) {
        if (calls.stream().anyMatch(known -> known.wireIndex != LEGACY)) {
            return;
        }
        Call call = calls.stream()
                .filter(known -> known.wireIndex == LEGACY)
                .findFirst()
                .orElse(null);
        if (call == null) {
            call = begun(new Call(LEGACY));
        }
        call.add(null, Json.text(function, "name"), textOf(function.path("arguments")));
    }

    void close() {
        calls.forEach(Call::close);
    }

    private Call begun(Call call) {
        if (calls.size() >= answer.limits().blocks()) {
            answer.count(answer.limits().answerCharacters());
        }
        if (!calls.isEmpty() && calls.getLast().name != null) {
            calls.getLast().begin();
        }
        calls.add(call);
        return call;
    }

    private static ObjectNode merged(@Nullable ObjectNode known, ObjectNode more) {
        return known == null ? more : known.setAll(more);
    }

    private @Nullable Call find(@Nullable Long index, @Nullable String id, @Nullable String name, int place) {
        if (index == null && id == null) {
            Call last = calls.isEmpty() ? null : calls.getLast();
            boolean goesOn = last != null && (name == null || place == 0 && last.block == null && last.input.empty());
            return goesOn ? last : null;
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
                                : id == null && call.name != null && !call.input.empty() && call.input.closed());
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

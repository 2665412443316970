package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The output items of one answer, and which of them an event is about.
 *
 * <p>The index decides, since one gateway gives every event another item id; where there is none, or where several
 * items have the same, the ids do: the item's own, then its call's. An event that names neither is about the last item
 * of its kind.
 */
final class OutputItems {

    private final Answer answer;
    private final List<OutputItem> all = new ArrayList<>();
    private final Map<Long, OutputItem> byIndex = new HashMap<>();
    private final Map<String, OutputItem> byId = new HashMap<>();
    private final Map<String, OutputItem> lastOfType = new HashMap<>();

    OutputItems(Answer answer) {
        this.answer = answer;
    }

    /** In the order in which they began. */
    List<OutputItem> all() {
        return all;
    }

    /** Begins an item, unless that was told already. */
    OutputItem added(JsonNode event, JsonNode item) {
        OutputItem known = known(event, item, typeOf(item));
        if (known != null && !known.done() && known.type().equals(typeOf(item)) && !known.isAnotherCallThan(item)) {
            known.beginBy(item);
            return known;
        }
        return begin(event, item);
    }

    /** The item that is told as it is in the end; begun by that where the server has not told its start. */
    void done(JsonNode event, JsonNode item) {
        OutputItem known = known(event, item, typeOf(item));
        boolean same = known != null && known.type().equals(typeOf(item)) && !known.isAnotherCallThan(item);
        if (known != null && !same && !known.done() && known.wantsClient() && item.has("results")) {
            known.served();
        }
        (known != null && same ? known : begin(event, item)).done(item);
        if (typeOf(item).endsWith("_output")) {
            String callId = Json.text(item, "call_id");
            OutputItem call = callId == null ? null : byId.get(callId);
            if (call != null) {
                call.answered();
            }
        }
    }

    /** The item of an event; begun by it where the server has not told its start. */
    OutputItem of(JsonNode event, String type) {
        OutputItem known = known(event, event, type);
        if (known != null) {
            return known;
        }
        ObjectNode implied = JsonNodeFactory.instance.objectNode().put("type", type);
        String id = Json.text(event, "item_id");
        return begin(event, id == null ? implied : implied.put("id", id));
    }

    /** What only the end tells, of an item known by its ids, or else by its place among its kind. */
    void rest(JsonNode output) {
        Map<JsonNode, OutputItem> told = new IdentityHashMap<>();
        List<OutputItem> left = new ArrayList<>(all);
        for (JsonNode item : output) {
            OutputItem known = byIds(item, typeOf(item));
            if (known != null && left.remove(known)) {
                told.put(item, known);
            }
        }
        for (JsonNode item : output) {
            OutputItem known = told.get(item);
            if (known == null) {
                known = left.stream()
                        .filter(one -> one.type().equals(typeOf(item)))
                        .findFirst()
                        .orElse(null);
                left.remove(known);
            }
            (known == null ? begin(JsonNodeFactory.instance.objectNode(), item) : known).done(item);
        }
    }

    private @Nullable OutputItem known(JsonNode event, JsonNode told, String type) {
        OutputItem byIds = byIds(told, type);
        Long index = Json.number(event, "output_index");
        OutputItem last = lastOfType.get(type);
        if (index == null) {
            boolean named = idOf(told) != null || Json.text(told, "call_id") != null;
            return byIds != null ? byIds : last != null && named && last.isNamed() ? null : last;
        }
        OutputItem there = byIndex.get(index);
        if (byIds != null && (there == null || byIds.isAt(index))) {
            return byIds;
        }
        return there == null && last != null && last.isAt(OutputItem.NO_INDEX) && !last.done() ? last : there;
    }

    private @Nullable OutputItem byIds(JsonNode told, String type) {
        for (String id : new String[] {idOf(told), Json.text(told, "call_id")}) {
            OutputItem item = id == null ? null : byId.get(id);
            if (item != null && item.type().equals(type)) {
                return item;
            }
        }
        return null;
    }

    private OutputItem begin(JsonNode event, JsonNode item) {
        if (all.size() >= answer.limits().blocks()) {
            answer.count(answer.limits().answerCharacters());
        }
        // It is kept until its blocks have begun.
        answer.count(Json.write(item).length());
        Long index = Json.number(event, "output_index");
        OutputItem started = OutputItem.start(answer, item, index == null ? OutputItem.NO_INDEX : index);
        all.add(started);
        lastOfType.put(started.type(), started);
        if (index != null) {
            byIndex.put(index, started);
        }
        boolean output = started.type().endsWith("_output");
        for (String id : new String[] {idOf(item), output ? null : Json.text(item, "call_id")}) {
            if (id != null) {
                byId.put(id, started);
            }
        }
        return started;
    }

    private static @Nullable String idOf(JsonNode told) {
        String id = Json.text(told, "item_id");
        return id == null ? Json.text(told, "id") : id;
    }

    private static String typeOf(JsonNode item) {
        return item.path("type").asText();
    }
}

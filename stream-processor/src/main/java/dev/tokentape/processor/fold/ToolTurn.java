package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.ToolCalls;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The turn that answers a model's tool calls, as far as its results have come. The first result for a call counts.
 *
 * @param calls ids of the calls, in the order in which the model made them
 * @param results results by id
 */
record ToolTurn(List<String> calls, Map<String, Part> results) {

    static ToolTurn of(Response asked) {
        return new ToolTurn(ToolCalls.wholeIn(asked), Map.of());
    }

    /** The results among the messages' parts that are still missing, in the order in which they come. */
    List<Part> missingAmong(List<Message> messages) {
        Set<String> missing = new HashSet<>(missing());
        List<Part> found = new ArrayList<>();
        for (Message message : messages) {
            for (Part part : message.getParts()) {
                if (part.getType() == PartType.TOOL_RESULT && missing.remove(part.getToolCallId())) {
                    found.add(part);
                }
            }
        }
        return found;
    }

    ToolTurn with(List<Part> more) {
        Map<String, Part> all = new HashMap<>(results);
        more.forEach(part -> all.putIfAbsent(part.getToolCallId(), part));
        return new ToolTurn(calls, all);
    }

    /** Ids of the calls without a result. */
    List<String> missing() {
        return calls.stream().filter(call -> !results.containsKey(call)).toList();
    }

    boolean isWhole() {
        return results.size() == calls.size();
    }

    /** The results so far, in the order of the calls. */
    Message message() {
        return message(calls.stream().map(results::get).filter(Objects::nonNull).toList());
    }

    /** Results of which nothing but their calls may be shown or kept. */
    static List<Part> silent(List<Part> results) {
        return results.stream()
                .map(result -> Part.newBuilder()
                        .setType(PartType.TOOL_RESULT)
                        .setToolCallId(result.getToolCallId())
                        .setText("")
                        .build())
                .toList();
    }

    static Message message(List<Part> results) {
        return Message.newBuilder().setRole("tool").setParts(results).build();
    }
}

package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tools that a server has run by itself within one choice, as Groq's compound systems tell them: a tool's call
 * first, then again with what it brought, and once more at the end.
 */
final class ExecutedTools {

    private static final List<String> RESULTS = List.of("output", "search_results", "code_results", "browser_results");

    private final Answer answer;
    private final int choice;

    /** What was told of each tool: nothing yet beside its call, or those of its results. */
    private final Map<Long, Set<String>> told = new HashMap<>();

    ExecutedTools(Answer answer, int choice) {
        this.answer = answer;
        this.choice = choice;
    }

    void add(JsonNode tools) {
        for (int position = 0; position < tools.size(); position++) {
            JsonNode tool = tools.path(position);
            Long index = Json.number(tool, "index");
            long number = index == null ? position : index;
            if (tool.isObject() && !told.containsKey(number)) {
                told.put(number, new HashSet<>());
                call(tool);
            }
            if (tool.isObject()) {
                results(tool, told.computeIfAbsent(number, _ -> new HashSet<>()));
            }
        }
    }

    private void call(JsonNode tool) {
        String type = Json.text(tool, "type");
        String name = Json.text(tool, "name");
        OpenBlock block = answer.open(
                choice,
                BlockType.SERVER_TOOL_USE,
                Json.text(tool, "id"),
                name == null ? type : name,
                null,
                null,
                type == null
                        ? null
                        : Json.write(JsonNodeFactory.instance.objectNode().put("type", type)));
        JsonNode arguments = tool.path("arguments");
        if (Json.present(arguments)) {
            answer.delta(
                    block, DeltaType.INPUT_JSON, arguments.isTextual() ? arguments.textValue() : Json.write(arguments));
        }
        answer.close(block);
    }

    private void results(JsonNode tool, Set<String> before) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        for (String field : RESULTS) {
            if (brings(tool.path(field)) && before.add(field)) {
                result.set(field, tool.path(field));
            }
        }
        if (!result.isEmpty()) {
            answer.close(answer.open(
                    choice, BlockType.TOOL_RESULT, Json.text(tool, "id"), null, null, null, Json.write(result)));
        }
    }

    private static boolean brings(JsonNode result) {
        if (result.isObject()) {
            return result.properties().stream().anyMatch(field -> Json.present(field.getValue()));
        }
        return Json.present(result);
    }
}

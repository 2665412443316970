package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.turns.Calls;
import dev.tokentape.schemas.avro.Part;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Calls and their results as input items. The API has a kind of item for each kind of tool that the client carries out,
 * and another for its result; a result is text here, from which the fields that the kind wants are read.
 */
final class CallItems {

    private static final Set<String> YES = Set.of("true", "yes", "approve", "approved");

    private CallItems() {}

    /** The call, as it was told. */
    static ObjectNode call(Part call) {
        ObjectNode facts = Calls.facts(call);
        JsonNode input = Objects.requireNonNullElse(Calls.arguments(call), MissingNode.getInstance());
        String kind = kindOf(call);
        ObjectNode item = item(kind);
        if (!kind.equals("mcp_approval_request")) {
            item.put("call_id", call.getToolCallId());
        }
        switch (kind) {
            case "function_call" -> item.put("name", call.getToolName()).put("arguments", Calls.argumentsText(call));
            case "custom_tool_call" ->
                item.put("name", call.getToolName()).put("input", Objects.requireNonNullElse(call.getArguments(), ""));
            case "local_shell_call" -> {
                item.put("id", idOf(facts, call)).put("status", "completed");
                item.set("action", within(input, "action"));
            }
            case "shell_call" -> {
                item.put("status", "completed").set("action", within(input, "action"));
                copy(input, item, "environment");
                copy(facts, item, "environment");
            }
            case "apply_patch_call" -> item.put("status", "completed").set("operation", within(input, "operation"));
            case "computer_call" -> {
                item.put("id", idOf(facts, call)).put("status", "completed");
                copy(input, item, "actions");
                if (!item.has("actions")) {
                    item.set("action", within(input, "action"));
                }
                item.set("pending_safety_checks", input.path("pending_safety_checks"));
                if (!item.get("pending_safety_checks").isArray()) {
                    item.putArray("pending_safety_checks");
                }
            }
            case "tool_search_call" -> {
                item.put("execution", facts.path("execution").asText("client")).put("status", "completed");
                item.set("arguments", input);
            }
            case "mcp_approval_request" ->
                item.put("id", call.getToolCallId())
                        .put("server_label", facts.path("server_label").asText())
                        .put("name", call.getToolName())
                        .put("arguments", Calls.argumentsText(call));
            default -> {
                item.setAll(facts);
                input.properties().forEach(field -> item.set(field.getKey(), field.getValue()));
            }
        }
        return item;
    }

    /** What came of a call. */
    static ObjectNode result(Part call, Part result) {
        String text = Objects.requireNonNullElse(result.getText(), "");
        boolean failed = Boolean.TRUE.equals(result.getIsError());
        JsonNode told = json(text);
        String kind = kindOf(call);
        String id = result.getToolCallId();
        return switch (kind) {
            case "local_shell_call" ->
                item(kind + "_output")
                        .put("id", id)
                        .put("output", text)
                        .put("status", failed ? "incomplete" : "completed");
            case "shell_call" -> {
                ObjectNode output = item(kind + "_output").put("call_id", id);
                output.set("output", shellOutput(told, text, failed));
                JsonNode most = Objects.requireNonNullElse(Calls.arguments(call), MissingNode.getInstance());
                copy(within(most, "action"), output, "max_output_length");
                yield output;
            }
            case "apply_patch_call" -> {
                boolean refused = failed || "failed".equals(told.path("status").asText());
                ObjectNode output =
                        item(kind + "_output").put("call_id", id).put("status", refused ? "failed" : "completed");
                String log = told.path("output").asText(told.has("status") ? "" : text);
                yield log.isEmpty() ? output : output.put("output", log);
            }
            case "computer_call" -> {
                ObjectNode output = item(kind + "_output").put("call_id", id);
                output.set("output", screenshot(told, text));
                copy(told, output, "acknowledged_safety_checks");
                yield output;
            }
            case "tool_search_call" -> {
                ObjectNode output = item("tool_search_output")
                        .put("call_id", id)
                        .put("execution", "client")
                        .put("status", failed ? "incomplete" : "completed");
                JsonNode tools = told.isArray() ? told : told.path("tools");
                output.set("tools", tools.isArray() ? tools : JsonNodeFactory.instance.arrayNode());
                yield output;
            }
            case "mcp_approval_request" -> {
                boolean yes =
                        told.path("approve").asBoolean(YES.contains(text.strip().toLowerCase(Locale.ROOT)));
                ObjectNode output = item("mcp_approval_response")
                        .put("approval_request_id", id)
                        .put("approve", yes && !failed);
                String reason = told.path("reason").asText(told.isMissingNode() && !yes ? text : "");
                yield reason.isBlank() ? output : output.put("reason", reason);
            }
            default -> item(kind + "_output").put("call_id", id).put("output", text);
        };
    }

    private static String kindOf(Part call) {
        String kind = Calls.kind(call);
        return kind == null || kind.equals("function") || kind.equals("tool_use") ? "function_call" : kind;
    }

    private static JsonNode shellOutput(JsonNode told, String text, boolean failed) {
        if (told.isArray() && !told.isEmpty() && told.get(0).isObject()) {
            return told;
        }
        if (told.path("output").isArray()) {
            return told.get("output");
        }
        ObjectNode one = JsonNodeFactory.instance.objectNode();
        if (told.has("stdout") || told.has("stderr")) {
            one.put("stdout", told.path("stdout").asText())
                    .put("stderr", told.path("stderr").asText());
        } else {
            one.put("stdout", failed ? "" : text).put("stderr", failed ? text : "");
        }
        int code = told.path("exit_code").asInt(failed ? 1 : 0);
        JsonNode outcome = told.path("outcome");
        one.set(
                "outcome",
                outcome.isObject()
                        ? outcome
                        : JsonNodeFactory.instance
                                .objectNode()
                                .put("type", "exit")
                                .put("exit_code", code));
        return JsonNodeFactory.instance.arrayNode().add(one);
    }

    private static ObjectNode screenshot(JsonNode told, String text) {
        JsonNode output = told.path("output").isObject() ? told.get("output") : told;
        ObjectNode shot = item("computer_screenshot");
        if (!output.isObject()) {
            return shot.put("image_url", text);
        }
        copy(output, shot, "image_url");
        copy(output, shot, "file_id");
        return shot;
    }

    /** A field of the input, or all of it where the input is that field alone. */
    private static JsonNode within(JsonNode input, String field) {
        return input.has(field) ? input.get(field) : input;
    }

    private static String idOf(ObjectNode facts, Part call) {
        String id = Json.text(facts, "id");
        return id == null ? String.valueOf(call.getToolCallId()) : id;
    }

    private static void copy(JsonNode from, ObjectNode to, String field) {
        if (Json.present(from.get(field))) {
            to.set(field, from.get(field));
        }
    }

    private static JsonNode json(String text) {
        try {
            JsonNode parsed = Json.parse(text);
            return parsed.isContainerNode() ? parsed : MissingNode.getInstance();
        } catch (JsonProcessingException _) {
            return MissingNode.getInstance();
        }
    }

    private static ObjectNode item(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}

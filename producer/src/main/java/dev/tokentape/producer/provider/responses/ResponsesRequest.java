package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.provider.Habits;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The body of a Responses request. Nothing is stored at the provider: the conversation's history is ours. */
final class ResponsesRequest {

    private static final Pattern REASONING = Pattern.compile("o\\d.*|gpt-(?:[5-9]|\\d\\d)(?!.*chat).*|codex.*");

    private ResponsesRequest() {}

    static ObjectNode body(GenerationJob job, Habits habits) {
        GenerationRequest request = job.getRequest();
        Conversation conversation =
                Conversation.of(job, ResponsesInput.rules(habits), goesOnFromAStoredOne(request.getExtra()));
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", request.getModel());
        if (conversation.system() != null) {
            body.put("instructions", conversation.system());
        }
        body.set("input", ResponsesInput.of(conversation.turns()));
        body.put("stream", true);
        body.put("store", false);
        if (reasons(request.getModel())) {
            // Nothing is stored there, so its reasoning must come along to be sent back.
            body.putArray("include").add("reasoning.encrypted_content");
        }
        if (request.getMaxTokens() != null) {
            body.put("max_output_tokens", request.getMaxTokens());
        }
        if (request.getTemperature() != null) {
            body.put("temperature", request.getTemperature());
        }
        if (request.getTopP() != null) {
            body.put("top_p", request.getTopP());
        }
        if (!request.getStop().isEmpty()) {
            throw new UnsupportedRequestException("stop", "The Responses API has no stop sequences");
        }
        tools(body, request);
        if (request.getThinkingBudget() != null) {
            throw new UnsupportedRequestException(
                    "thinking_budget",
                    "The Responses API has no budget of thinking tokens; give reasoning in extra instead");
        }
        if (request.getResponseSchema() != null) {
            body.putObject("text")
                    .putObject("format")
                    .put("type", "json_schema")
                    .put("name", "response")
                    .put("strict", true)
                    .set("schema", RequestFields.object(request.getResponseSchema(), "response_schema"));
        }
        RequestFields.mergeExtra(body, request.getExtra());
        return body;
    }

    /** Whether the request names an answer or a conversation that the provider has stored, calls among it. */
    private static boolean goesOnFromAStoredOne(@Nullable String extra) {
        if (extra == null || extra.isBlank()) {
            return false;
        }
        JsonNode fields = RequestFields.object(extra, "extra");
        return Json.present(fields.get("previous_response_id")) || Json.present(fields.get("conversation"));
    }

    /** Models that do not reason refuse to be asked for their reasoning. */
    private static boolean reasons(String model) {
        String name = model.toLowerCase(Locale.ROOT);
        return REASONING.matcher(name.substring(name.lastIndexOf('/') + 1)).matches();
    }

    private static void tools(ObjectNode body, GenerationRequest request) {
        boolean named = RequestFields.namesTool(request);
        if (request.getTools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : request.getTools()) {
            ObjectNode to = tools.addObject().put("type", "function").put("name", tool.getName());
            if (tool.getDescription() != null) {
                to.put("description", tool.getDescription());
            }
            to.set("parameters", RequestFields.object(tool.getParameters(), "tools"));
            // The API's default is a strict schema, which most schemas are not.
            to.put("strict", false);
        }
        if (named) {
            body.putObject("tool_choice").put("type", "function").put("name", request.getToolChoice());
        } else if (request.getToolChoice() != null) {
            body.put("tool_choice", request.getToolChoice());
        }
    }
}

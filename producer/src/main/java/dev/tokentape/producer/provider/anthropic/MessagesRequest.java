package dev.tokentape.producer.provider.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.model.ClaudeModels;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;

/** The body of a Messages request. */
final class MessagesRequest {

    /** What is asked for where the request leaves it open, since the API does not. */
    static final int DEFAULT_MAX_TOKENS = 4096;

    private MessagesRequest() {}

    static ObjectNode body(GenerationJob job) {
        GenerationRequest request = job.getRequest();
        Conversation conversation = Conversation.of(job, MessagesTurns.RULES);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", request.getModel());
        body.put("max_tokens", maxTokens(request));
        if (conversation.system() != null) {
            body.put("system", conversation.system());
        }
        body.set("messages", MessagesTurns.of(conversation.turns()));
        body.put("stream", true);
        if (request.getTemperature() != null) {
            body.put("temperature", request.getTemperature());
        }
        if (request.getTopP() != null) {
            body.put("top_p", request.getTopP());
        }
        if (!request.getStop().isEmpty()) {
            ArrayNode stop = body.putArray("stop_sequences");
            request.getStop().forEach(stop::add);
        }
        tools(body, request);
        ClaudeModels.think(body, request, conversation, maxTokens(request));
        if (request.getResponseSchema() != null) {
            body.withObject("/output_config")
                    .putObject("format")
                    .put("type", "json_schema")
                    .set("schema", RequestFields.object(request.getResponseSchema(), "response_schema"));
        }
        RequestFields.mergeExtra(body, request.getExtra());
        return body;
    }

    private static int maxTokens(GenerationRequest request) {
        if (request.getMaxTokens() != null) {
            return request.getMaxTokens();
        }
        int thinking = request.getThinkingBudget() == null ? 0 : Math.max(0, request.getThinkingBudget());
        return Math.addExact(DEFAULT_MAX_TOKENS, thinking);
    }

    private static void tools(ObjectNode body, GenerationRequest request) {
        boolean named = RequestFields.namesTool(request);
        if (request.getTools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : request.getTools()) {
            ObjectNode to = tools.addObject().put("name", tool.getName());
            if (tool.getDescription() != null) {
                to.put("description", tool.getDescription());
            }
            to.set("input_schema", RequestFields.object(tool.getParameters(), "tools"));
        }
        String choice = request.getToolChoice();
        if (choice != null) {
            ObjectNode to = body.putObject("tool_choice");
            if (named) {
                to.put("type", "tool").put("name", choice);
            } else {
                to.put("type", choice.equals("required") ? "any" : choice);
            }
        }
    }
}

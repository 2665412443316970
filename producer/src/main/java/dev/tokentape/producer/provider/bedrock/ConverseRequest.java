package dev.tokentape.producer.provider.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.model.ClaudeModels;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.producer.provider.turns.ToolsOfHistory;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;
import java.util.List;

/** The body of a ConverseStream request. The model stands in the address. */
final class ConverseRequest {

    private ConverseRequest() {}

    static ObjectNode body(GenerationJob job) {
        GenerationRequest request = job.getRequest();
        Conversation conversation = Conversation.of(job, ConverseMessages.RULES);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("messages", ConverseMessages.of(conversation.turns()));
        if (conversation.system() != null) {
            body.putArray("system").addObject().put("text", conversation.system());
        }
        ObjectNode settings = settings(request);
        if (!settings.isEmpty()) {
            body.set("inferenceConfig", settings);
        }
        tools(body, request, conversation);
        thinking(body, request, conversation);
        if (request.getResponseSchema() != null) {
            ObjectNode format =
                    body.putObject("outputConfig").putObject("textFormat").put("type", "json_schema");
            format.putObject("structure")
                    .putObject("jsonSchema")
                    .put("name", "response")
                    .put("schema", Json.write(RequestFields.object(request.getResponseSchema(), "response_schema")));
        }
        RequestFields.mergeExtra(body, request.getExtra());
        return body;
    }

    private static ObjectNode settings(GenerationRequest request) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        if (request.getMaxTokens() != null) {
            settings.put("maxTokens", request.getMaxTokens());
        }
        if (request.getTemperature() != null) {
            settings.put("temperature", request.getTemperature());
        }
        if (request.getTopP() != null) {
            settings.put("topP", request.getTopP());
        }
        if (!request.getStop().isEmpty()) {
            ArrayNode stop = settings.putArray("stopSequences");
            request.getStop().forEach(stop::add);
        }
        return settings;
    }

    /** Where the conversation has used tools, the API wants them defined, though the request names none. */
    private static void tools(ObjectNode body, GenerationRequest request, Conversation conversation) {
        boolean named = RequestFields.namesTool(request);
        List<Tool> all = ToolsOfHistory.of(request, conversation);
        if (all.isEmpty()) {
            return;
        }
        String choice = request.getToolChoice();
        if ("none".equals(choice) && !request.getTools().isEmpty()) {
            throw new UnsupportedRequestException(
                    "tool_choice", "Bedrock cannot be given tools and told to use none; leave the tools out");
        }
        ObjectNode config = body.putObject("toolConfig");
        ArrayNode tools = config.putArray("tools");
        for (Tool tool : all) {
            ObjectNode to = tools.addObject().putObject("toolSpec").put("name", tool.getName());
            if (tool.getDescription() != null) {
                to.put("description", tool.getDescription());
            }
            to.putObject("inputSchema").set("json", RequestFields.object(tool.getParameters(), "tools"));
        }
        if (choice != null && !choice.equals("none")) {
            ObjectNode to = config.putObject("toolChoice");
            if (named) {
                to.putObject("tool").put("name", choice);
            } else {
                to.putObject(choice.equals("required") ? "any" : "auto");
            }
        }
    }

    /** Thinking is the model's own affair here; of the models, Anthropic's have a budget for it. */
    private static void thinking(ObjectNode body, GenerationRequest request, Conversation conversation) {
        if (request.getModel().contains("anthropic.")) {
            ObjectNode fields = JsonNodeFactory.instance.objectNode();
            ClaudeModels.think(fields, request, conversation, request.getMaxTokens());
            if (!fields.isEmpty()) {
                body.set("additionalModelRequestFields", fields);
            }
        } else if (request.getThinkingBudget() != null) {
            throw new UnsupportedRequestException(
                    "thinking_budget",
                    "On Bedrock only Anthropic's models have a thinking budget; give "
                            + "additionalModelRequestFields in extra instead");
        }
    }
}

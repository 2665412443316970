package dev.tokentape.producer.provider.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.Turns;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;
import java.util.List;

/** The body of a ConverseStream request. The model stands in the address. */
final class ConverseRequest {

    private ConverseRequest() {}

    static ObjectNode body(GenerationJob job) {
        GenerationRequest request = job.getRequest();
        List<Turns.Turn> turns = Turns.of(job);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("messages", ConverseMessages.of(turns));
        String system = RequestFields.system(request, turns);
        if (system != null) {
            body.putArray("system").addObject().put("text", system);
        }
        ObjectNode settings = settings(request);
        if (!settings.isEmpty()) {
            body.set("inferenceConfig", settings);
        }
        tools(body, request);
        thinking(body, request);
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

    private static void tools(ObjectNode body, GenerationRequest request) {
        boolean named = RequestFields.namesTool(request);
        if (request.getTools().isEmpty()) {
            return;
        }
        String choice = request.getToolChoice();
        if ("none".equals(choice)) {
            throw new UnsupportedRequestException(
                    "tool_choice", "Bedrock cannot be given tools and told to use none; leave the tools out");
        }
        ObjectNode config = body.putObject("toolConfig");
        ArrayNode tools = config.putArray("tools");
        for (Tool tool : request.getTools()) {
            ObjectNode to = tools.addObject().putObject("toolSpec").put("name", tool.getName());
            if (tool.getDescription() != null) {
                to.put("description", tool.getDescription());
            }
            to.putObject("inputSchema").set("json", RequestFields.object(tool.getParameters(), "tools"));
        }
        if (choice != null) {
            ObjectNode to = config.putObject("toolChoice");
            if (named) {
                to.putObject("tool").put("name", choice);
            } else {
                to.putObject(choice.equals("required") ? "any" : "auto");
            }
        }
    }

    /** Thinking is the model's own affair here; of the models, Anthropic's have a budget for it. */
    private static void thinking(ObjectNode body, GenerationRequest request) {
        Integer budget = request.getThinkingBudget();
        if (budget == null) {
            return;
        }
        if (!request.getModel().contains("anthropic.")) {
            throw new UnsupportedRequestException(
                    "thinking_budget",
                    "On Bedrock only Anthropic's models have a thinking budget; give additionalModelRequestFields in extra instead");
        }
        ObjectNode thinking = body.putObject("additionalModelRequestFields").putObject("thinking");
        if (budget == 0) {
            thinking.put("type", "disabled");
        } else {
            thinking.put("type", "enabled").put("budget_tokens", budget);
        }
    }
}

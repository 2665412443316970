package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;

/** The body of a streamGenerateContent request. The model stands in the address. */
final class GenerateContentRequest {

    private static final int MOST_STOPS = 5;

    private GenerateContentRequest() {}

    static ObjectNode body(GenerationJob job) {
        GenerationRequest request = job.getRequest();
        Conversation conversation = Conversation.of(job, Contents.RULES);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("contents", Contents.of(conversation.turns(), request.getModel()));
        if (conversation.system() != null) {
            body.putObject("systemInstruction").putArray("parts").addObject().put("text", conversation.system());
        }
        tools(body, request);
        ObjectNode settings = settings(request);
        if (!settings.isEmpty()) {
            body.set("generationConfig", settings);
        }
        RequestFields.mergeExtra(body, request.getExtra());
        return body;
    }

    private static ObjectNode settings(GenerationRequest request) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        if (request.getMaxTokens() != null) {
            settings.put("maxOutputTokens", request.getMaxTokens());
        }
        if (request.getTemperature() != null) {
            settings.put("temperature", request.getTemperature());
        }
        if (request.getTopP() != null) {
            settings.put("topP", request.getTopP());
        }
        if (request.getStop().size() > MOST_STOPS) {
            throw new UnsupportedRequestException(
                    "stop", "Gemini takes at most %d stop sequences".formatted(MOST_STOPS));
        }
        if (!request.getStop().isEmpty()) {
            ArrayNode stop = settings.putArray("stopSequences");
            request.getStop().forEach(stop::add);
        }
        if (request.getThinkingBudget() != null) {
            settings.putObject("thinkingConfig")
                    .put("thinkingBudget", request.getThinkingBudget())
                    .put("includeThoughts", request.getThinkingBudget() != 0);
        }
        if (request.getResponseSchema() != null) {
            settings.put("responseMimeType", "application/json")
                    .set("responseJsonSchema", RequestFields.object(request.getResponseSchema(), "response_schema"));
        }
        return settings;
    }

    private static void tools(ObjectNode body, GenerationRequest request) {
        boolean named = RequestFields.namesTool(request);
        if (request.getTools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools").addObject().putArray("functionDeclarations");
        for (Tool tool : request.getTools()) {
            ObjectNode to = tools.addObject().put("name", tool.getName());
            if (tool.getDescription() != null) {
                to.put("description", tool.getDescription());
            }
            to.set("parametersJsonSchema", RequestFields.object(tool.getParameters(), "tools"));
        }
        String choice = request.getToolChoice();
        if (choice != null) {
            ObjectNode calling = body.putObject("toolConfig").putObject("functionCallingConfig");
            calling.put("mode", named || choice.equals("required") ? "ANY" : choice.equals("none") ? "NONE" : "AUTO");
            if (named) {
                calling.putArray("allowedFunctionNames").add(choice);
            }
        }
    }
}

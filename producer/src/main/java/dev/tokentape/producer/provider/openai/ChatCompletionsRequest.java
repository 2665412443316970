package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.model.OpenModels;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.provider.Habits;

/** The body of a Chat Completions request. */
final class ChatCompletionsRequest {

    private static final int MOST_STOPS = 4;

    private ChatCompletionsRequest() {}

    /**
     * @param habits OpenAI renamed {@code max_tokens} and takes four stop sequences at most; other servers mostly know
     *     the old name only
     */
    static ObjectNode body(GenerationJob job, Habits habits) {
        GenerationRequest request = job.getRequest();
        boolean vendor = habits.isVendor();
        Conversation conversation = Conversation.of(job, ChatRules.of(habits, request.getModel()));
        OpenModels.refuseForcing(habits, request, conversation);
        if (habits.beginsItsAnswers() && conversation.endsInBegunAnswer()) {
            throw new UnsupportedRequestException(
                    "messages", "this provider begins its answers itself; end with a message of the user's");
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", request.getModel());
        body.set("messages", ChatMessages.of(conversation, habits, request.getModel()));
        body.put("stream", true);
        if (!habits.refuses("stream_options")) {
            // Who refuses the wish tells the usage without it.
            body.putObject("stream_options").put("include_usage", true);
        }
        if (request.getMaxTokens() != null) {
            body.put(vendor ? "max_completion_tokens" : "max_tokens", request.getMaxTokens());
        }
        if (request.getTemperature() != null) {
            body.put("temperature", request.getTemperature());
        }
        if (request.getTopP() != null) {
            body.put("top_p", request.getTopP());
        }
        stops(body, request, vendor);
        tools(body, request);
        if (request.getThinkingBudget() != null) {
            throw new UnsupportedRequestException(
                    "thinking_budget",
                    "Chat Completions has no budget of thinking tokens; give reasoning_effort in extra instead");
        }
        if (request.getResponseSchema() != null) {
            ObjectNode format = body.putObject("response_format").put("type", "json_schema");
            format.putObject("json_schema")
                    .put("name", "response")
                    .put("strict", true)
                    .set("schema", RequestFields.object(request.getResponseSchema(), "response_schema"));
        }
        RequestFields.mergeExtra(body, request.getExtra());
        return body;
    }

    private static void stops(ObjectNode body, GenerationRequest request, boolean vendor) {
        if (vendor && request.getStop().size() > MOST_STOPS) {
            throw new UnsupportedRequestException(
                    "stop", "OpenAI takes at most %d stop sequences".formatted(MOST_STOPS));
        }
        if (!request.getStop().isEmpty()) {
            ArrayNode stop = body.putArray("stop");
            request.getStop().forEach(stop::add);
        }
    }

    private static void tools(ObjectNode body, GenerationRequest request) {
        boolean named = RequestFields.namesTool(request);
        if (request.getTools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : request.getTools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.getName());
            if (tool.getDescription() != null) {
                function.put("description", tool.getDescription());
            }
            function.set("parameters", RequestFields.object(tool.getParameters(), "tools"));
        }
        if (named) {
            body.putObject("tool_choice")
                    .put("type", "function")
                    .putObject("function")
                    .put("name", request.getToolChoice());
        } else if (request.getToolChoice() != null) {
            body.put("tool_choice", request.getToolChoice());
        }
    }
}

package dev.tokentape.producer.provider.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.CallIdRule;
import dev.tokentape.producer.provider.turns.Calls;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.producer.provider.turns.Turn;
import dev.tokentape.producer.provider.turns.TurnRule;
import dev.tokentape.producer.provider.turns.TurnRules;
import dev.tokentape.producer.provider.turns.TurnRules.Thoughts;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Tool;
import java.util.Objects;

/** The body of an Ollama chat request. A tool's result is a message of its own, tied to its call by the tool's name. */
final class OllamaRequest {

    private static final TurnRules RULES =
            TurnRules.of(Thoughts.ALL, CallIdRule.ANY, TurnRule.ONE_SYSTEM, TurnRule.SERVES_SEVERAL_VENDORS);

    private OllamaRequest() {}

    static ObjectNode body(GenerationJob job) {
        GenerationRequest request = job.getRequest();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", request.getModel());
        body.set("messages", messages(job));
        body.put("stream", true);
        options(body, request);
        tools(body, request);
        if (request.getThinkingBudget() != null) {
            if (request.getThinkingBudget() != 0) {
                throw new UnsupportedRequestException(
                        "thinking_budget",
                        "Ollama has no budget of thinking tokens, only 0 for none; give think in extra instead");
            }
            body.put("think", false);
        }
        if (request.getResponseSchema() != null) {
            body.set("format", RequestFields.object(request.getResponseSchema(), "response_schema"));
        }
        RequestFields.mergeExtra(body, request.getExtra());
        return body;
    }

    private static void options(ObjectNode body, GenerationRequest request) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        if (request.getMaxTokens() != null) {
            options.put("num_predict", request.getMaxTokens());
        }
        if (request.getTemperature() != null) {
            options.put("temperature", request.getTemperature());
        }
        if (request.getTopP() != null) {
            options.put("top_p", request.getTopP());
        }
        if (!request.getStop().isEmpty()) {
            ArrayNode stop = options.putArray("stop");
            request.getStop().forEach(stop::add);
        }
        if (!options.isEmpty()) {
            body.set("options", options);
        }
    }

    private static void tools(ObjectNode body, GenerationRequest request) {
        boolean named = RequestFields.namesTool(request);
        String choice = request.getToolChoice();
        if (named || "required".equals(choice)) {
            throw new UnsupportedRequestException("tool_choice", "Ollama cannot be made to use a tool");
        }
        if (request.getTools().isEmpty() || "none".equals(choice)) {
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
    }

    private static ArrayNode messages(GenerationJob job) {
        Conversation conversation = Conversation.of(job, RULES);
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        if (conversation.system() != null) {
            messages.addObject().put("role", "system").put("content", conversation.system());
        }
        for (Turn turn : conversation.turns()) {
            if (turn.isAssistants()) {
                said(messages, turn);
            } else {
                asked(messages, turn);
            }
        }
        return messages;
    }

    private static void said(ArrayNode messages, Turn turn) {
        StringBuilder text = new StringBuilder();
        StringBuilder thinking = new StringBuilder();
        ArrayNode calls = JsonNodeFactory.instance.arrayNode();
        for (Part part : turn.parts()) {
            switch (part.getType()) {
                case TEXT, REFUSAL -> text.append(part.getText());
                case THINKING -> thinking.append(Objects.requireNonNullElse(part.getText(), ""));
                case TOOL_CALL -> {
                    calls.addObject()
                            .putObject("function")
                            .put("name", part.getToolName())
                            .set("arguments", Calls.arguments(part));
                }
                case REDACTED_THINKING, IMAGE, AUDIO, TOOL_RESULT, OTHER -> {}
            }
        }
        if (text.isEmpty() && calls.isEmpty()) {
            return;
        }
        ObjectNode message = messages.addObject().put("role", "assistant").put("content", text.toString());
        if (!thinking.isEmpty()) {
            message.put("thinking", thinking.toString());
        }
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
    }

    private static void asked(ArrayNode messages, Turn turn) {
        StringBuilder text = new StringBuilder();
        ArrayNode images = JsonNodeFactory.instance.arrayNode();
        for (Part part : turn.parts()) {
            switch (part.getType()) {
                case TEXT -> text.append(part.getText());
                case IMAGE -> {
                    if (part.getData() == null) {
                        throw new UnsupportedRequestException("messages", "Ollama takes images only as data");
                    }
                    images.add(part.getData());
                }
                case TOOL_RESULT -> {
                    messages.addObject()
                            .put("role", "tool")
                            .put("content", Objects.requireNonNullElse(part.getText(), ""))
                            .put("tool_name", part.getToolName());
                }
                case THINKING, REDACTED_THINKING, REFUSAL, AUDIO, TOOL_CALL, OTHER ->
                    throw new UnsupportedRequestException(
                            "messages", "Ollama takes no %s from a user".formatted(part.getType()));
            }
        }
        if (text.isEmpty() && images.isEmpty()) {
            return;
        }
        ObjectNode message = messages.addObject().put("role", "user").put("content", text.toString());
        if (!images.isEmpty()) {
            message.set("images", images);
        }
    }
}

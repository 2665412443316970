package dev.tokentape.producer.provider.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.Turns;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Tool;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The body of an Ollama chat request. A tool's result is a message of its own, tied to its call by the tool's name. */
final class OllamaRequest {

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
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        String system = job.getRequest().getSystem();
        if (system != null && !system.isEmpty()) {
            messages.addObject().put("role", "system").put("content", system);
        }
        Map<String, String> toolNames = new HashMap<>();
        for (Turns.Turn turn : Turns.of(job)) {
            if (turn.role().equals("assistant")) {
                said(messages, turn, toolNames);
            } else {
                asked(messages, turn, toolNames);
            }
        }
        return messages;
    }

    private static void said(ArrayNode messages, Turns.Turn turn, Map<String, String> toolNames) {
        StringBuilder text = new StringBuilder();
        StringBuilder thinking = new StringBuilder();
        ArrayNode calls = JsonNodeFactory.instance.arrayNode();
        for (Part part : turn.parts()) {
            switch (part.getType()) {
                case TEXT, REFUSAL -> text.append(part.getText());
                case THINKING -> thinking.append(Objects.requireNonNullElse(part.getText(), ""));
                case TOOL_CALL -> {
                    toolNames.put(String.valueOf(part.getToolCallId()), String.valueOf(part.getToolName()));
                    calls.addObject()
                            .putObject("function")
                            .put("name", part.getToolName())
                            .set("arguments", Turns.arguments(part));
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

    private static void asked(ArrayNode messages, Turns.Turn turn, Map<String, String> toolNames) {
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
                    ObjectNode result = messages.addObject()
                            .put("role", "tool")
                            .put("content", Objects.requireNonNullElse(part.getText(), ""));
                    String name = part.getToolName() != null
                            ? part.getToolName()
                            : toolNames.get(String.valueOf(part.getToolCallId()));
                    if (name != null) {
                        result.put("tool_name", name);
                    }
                }
                case THINKING, REDACTED_THINKING, REFUSAL, AUDIO, TOOL_CALL, OTHER ->
                    throw new UnsupportedRequestException(
                            "messages", "Ollama takes no %s from a user".formatted(part.getType()));
            }
        }
        if (text.isEmpty() && images.isEmpty()) {
            return;
        }
        ObjectNode message = messages.addObject()
                .put("role", turn.role().equals("system") ? "system" : "user")
                .put("content", text.toString());
        if (!images.isEmpty()) {
            message.set("images", images);
        }
    }
}

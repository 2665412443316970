package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.ToolOffer;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.SettingsReader;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads and checks a request of the Messages API. */
final class AnthropicRequest {

    private static final int SMALLEST_THINKING_BUDGET = 1024;

    private AnthropicRequest() {}

    static SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        if (request.header("anthropic-version").isEmpty()) {
            throw new RequestRefused(400, "anthropic-version: header is required");
        }
        JsonNode body = request.json();
        String model = body.path("model").asText("");
        if (model.isEmpty()) {
            throw new RequestRefused(400, "model: Field required");
        }
        CallSettings settings = request.settings(defaults, model);
        int maxTokens = maxTokens(body);
        int thinkingBudget = thinkingBudget(body, maxTokens);
        JsonNode messages = body.path("messages");
        if (!messages.isArray()) {
            throw new RequestRefused(400, "messages: Field required");
        }
        if (messages.isEmpty()) {
            throw new RequestRefused(400, "messages: at least one message is required");
        }
        TurnSizes turns = TurnSizes.of(messages, message -> WireJson.textOf(message.path("content")))
                .after(WireJson.textOf(body.path("system")));
        return new SimulatedRequest(
                SettingsReader.modelName(model),
                settings,
                turns.lastUserText(),
                messages.size(),
                turns.inputTokens(),
                tools(body),
                bringsToolResults(messages.path(messages.size() - 1)),
                thinkingBudget,
                maxTokens,
                1,
                body.path("stream").asBoolean(false),
                true,
                false);
    }

    private static int maxTokens(JsonNode body) throws RequestRefused {
        JsonNode limit = body.path("max_tokens");
        if (limit.isMissingNode()) {
            throw new RequestRefused(400, "max_tokens: Field required");
        }
        if (!limit.isInt() || limit.intValue() < 1) {
            throw new RequestRefused(400, "max_tokens: must be a whole number of at least 1");
        }
        return limit.intValue();
    }

    private static int thinkingBudget(JsonNode body, int maxTokens) throws RequestRefused {
        JsonNode thinking = body.path("thinking");
        return switch (thinking.path("type").asText("disabled")) {
            case "adaptive" -> SMALLEST_THINKING_BUDGET;
            case "enabled" -> {
                int budget = thinking.path("budget_tokens").asInt(0);
                if (budget < SMALLEST_THINKING_BUDGET) {
                    throw new RequestRefused(
                            400, "thinking.budget_tokens: must be at least " + SMALLEST_THINKING_BUDGET);
                }
                if (budget >= maxTokens) {
                    throw new RequestRefused(400, "max_tokens: must be larger than thinking.budget_tokens");
                }
                yield budget;
            }
            default -> 0;
        };
    }

    private static ToolOffer tools(JsonNode body) {
        var tools = new ArrayList<ToolOffer.Tool>();
        for (JsonNode tool : body.path("tools")) {
            if (tool.hasNonNull("name") && tool.has("input_schema")) {
                tools.add(new ToolOffer.Tool(tool.path("name").asText(), tool.path("input_schema")));
            }
        }
        if (tools.isEmpty()) {
            return ToolOffer.NONE;
        }
        JsonNode choice = body.path("tool_choice");
        String type = choice.path("type").asText("auto");
        @Nullable String forced = type.equals("tool") ? choice.path("name").textValue() : null;
        ToolOffer.Use use = switch (type) {
            case "none" -> ToolOffer.Use.NEVER;
            case "any" -> ToolOffer.Use.ALWAYS;
            default -> ToolOffer.Use.AUTO;
        };
        return new ToolOffer(
                tools, use, forced, !choice.path("disable_parallel_tool_use").asBoolean(false));
    }

    private static boolean bringsToolResults(JsonNode message) {
        for (JsonNode part : message.path("content")) {
            if (part.path("type").asText().equals("tool_result")) {
                return true;
            }
        }
        return false;
    }
}

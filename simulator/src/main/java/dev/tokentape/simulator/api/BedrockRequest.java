package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.ToolOffer;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.SettingsReader;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads and checks a request of the Converse API. */
final class BedrockRequest {

    private static final int THINKING_BUDGET = 1024;

    private BedrockRequest() {}

    static SimulatedRequest read(IncomingRequest request, String model, boolean stream, CallSettings defaults)
            throws RequestRefused {
        JsonNode body = request.json();
        CallSettings settings = request.settings(defaults, model);
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw new RequestRefused(400, "A conversation must have at least one message. Try again with messages.");
        }
        TurnSizes turns = TurnSizes.of(messages, message -> WireJson.textOf(message.path("content")))
                .after(WireJson.textOf(body.path("system")));
        return new SimulatedRequest(
                SettingsReader.modelName(model),
                settings,
                turns.lastUserText(),
                messages.size(),
                turns.inputTokens(),
                tools(body.path("toolConfig")),
                bringsToolResults(messages.path(messages.size() - 1)),
                thinkingBudget(body.path("additionalModelRequestFields")),
                WireJson.limit(body.path("inferenceConfig"), "maxTokens"),
                1,
                stream,
                true,
                false);
    }

    /** Claude's way of asking for thoughts, and that of the models which came after. */
    private static int thinkingBudget(JsonNode fields) {
        for (JsonNode thinking : new JsonNode[] {fields.path("thinking"), fields.path("reasoning_config")}) {
            String type = thinking.path("type").asText();
            if (type.equals("enabled") || type.equals("adaptive")) {
                return thinking.path("budget_tokens").asInt(THINKING_BUDGET);
            }
        }
        return 0;
    }

    private static ToolOffer tools(JsonNode config) {
        var tools = new ArrayList<ToolOffer.Tool>();
        for (JsonNode tool : config.path("tools")) {
            JsonNode spec = tool.path("toolSpec");
            if (spec.hasNonNull("name")) {
                tools.add(new ToolOffer.Tool(
                        spec.path("name").asText(), spec.path("inputSchema").path("json")));
            }
        }
        if (tools.isEmpty()) {
            return ToolOffer.NONE;
        }
        JsonNode choice = config.path("toolChoice");
        @Nullable String forced = choice.path("tool").path("name").textValue();
        return new ToolOffer(tools, choice.has("any") ? ToolOffer.Use.ALWAYS : ToolOffer.Use.AUTO, forced, true);
    }

    private static boolean bringsToolResults(JsonNode message) {
        for (JsonNode part : message.path("content")) {
            if (part.has("toolResult")) {
                return true;
            }
        }
        return false;
    }
}

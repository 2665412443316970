package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.ToolOffer;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.SettingsReader;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads and checks a request of the Gemini API. */
final class GeminiRequest {

    private static final int THINKING_BUDGET = 1024;
    private static final int MOST_CANDIDATES = 8;

    private GeminiRequest() {}

    static SimulatedRequest read(IncomingRequest request, String model, boolean stream, CallSettings defaults)
            throws RequestRefused {
        JsonNode body = request.json();
        CallSettings settings = request.settings(defaults, model);
        JsonNode contents = body.path("contents");
        if (!contents.isArray() || contents.isEmpty()) {
            throw new RequestRefused(400, "* GenerateContentRequest.contents: contents is not specified");
        }
        TurnSizes turns = TurnSizes.of(contents, content -> WireJson.textOf(content.path("parts")), "user")
                .after(WireJson.textOf(body.path("systemInstruction").path("parts")));
        JsonNode generation = body.path("generationConfig");
        return new SimulatedRequest(
                SettingsReader.modelName(model),
                settings,
                turns.lastUserText(),
                contents.size(),
                turns.inputTokens(),
                tools(body),
                bringsToolResults(contents.path(contents.size() - 1)),
                thinkingBudget(generation.path("thinkingConfig")),
                WireJson.limit(generation, "maxOutputTokens"),
                candidates(generation),
                stream,
                true,
                false);
    }

    private static int thinkingBudget(JsonNode thinking) {
        if (!thinking.path("includeThoughts").asBoolean(false)) {
            return 0;
        }
        // -1 lets the model decide.
        int budget = thinking.path("thinkingBudget").asInt(-1);
        return budget < 0 ? THINKING_BUDGET : budget;
    }

    private static int candidates(JsonNode generation) throws RequestRefused {
        int candidates = generation.path("candidateCount").asInt(1);
        if (candidates < 1 || candidates > MOST_CANDIDATES) {
            throw new RequestRefused(
                    400, "generationConfig.candidateCount must be between 1 and " + MOST_CANDIDATES + ".");
        }
        return candidates;
    }

    private static ToolOffer tools(JsonNode body) {
        JsonNode config = body.path("toolConfig").path("functionCallingConfig");
        JsonNode allowed = config.path("allowedFunctionNames");
        var tools = new ArrayList<ToolOffer.Tool>();
        for (JsonNode tool : body.path("tools")) {
            for (JsonNode function : tool.path("functionDeclarations")) {
                JsonNode schema = function.has("parametersJsonSchema")
                        ? function.path("parametersJsonSchema")
                        : function.path("parameters");
                tools.add(new ToolOffer.Tool(function.path("name").asText(), GeminiSchema.lowerCase(schema)));
            }
        }
        if (tools.isEmpty()) {
            return ToolOffer.NONE;
        }
        @Nullable String forced = allowed.size() == 1 ? allowed.path(0).textValue() : null;
        ToolOffer.Use use = switch (config.path("mode").asText("AUTO")) {
            case "NONE" -> ToolOffer.Use.NEVER;
            case "ANY" -> ToolOffer.Use.ALWAYS;
            default -> ToolOffer.Use.AUTO;
        };
        return new ToolOffer(tools, use, forced, true);
    }

    private static boolean bringsToolResults(JsonNode content) {
        for (JsonNode part : content.path("parts")) {
            if (part.has("functionResponse")) {
                return true;
            }
        }
        return false;
    }
}

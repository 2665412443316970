package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.ToolOffer;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.SettingsReader;
import org.jspecify.annotations.Nullable;

/** Reads and checks a request of Ollama's own API; it streams unless the request says otherwise. */
final class OllamaRequest {

    private static final int THINKING_BUDGET = 1024;

    private OllamaRequest() {}

    static SimulatedRequest chat(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        JsonNode messages = request.json().path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw new RequestRefused(400, "'messages' must be an array with at least one message");
        }
        TurnSizes turns =
                TurnSizes.of(messages, message -> message.path("content").asText(""));
        String lastRole = messages.path(messages.size() - 1).path("role").asText();
        return request(
                request, defaults, turns, messages.size(), OpenAiTools.read(request.json()), lastRole.equals("tool"));
    }

    static SimulatedRequest generate(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        JsonNode body = request.json();
        TurnSizes turns = TurnSizes.ofText(body.path("prompt").asText(""))
                .after(body.path("system").asText(""));
        return request(request, defaults, turns, 1, ToolOffer.NONE, false);
    }

    private static SimulatedRequest request(
            IncomingRequest request,
            CallSettings defaults,
            TurnSizes turns,
            int messages,
            ToolOffer tools,
            boolean endsWithToolResults)
            throws RequestRefused {
        JsonNode body = request.json();
        String model = body.path("model").asText("");
        if (model.isEmpty()) {
            throw new RequestRefused(400, "model is required");
        }
        return new SimulatedRequest(
                SettingsReader.modelName(model),
                request.settings(defaults, model),
                turns.lastUserText(),
                messages,
                turns.inputTokens(),
                tools,
                endsWithToolResults,
                thinks(body.path("think")) ? THINKING_BUDGET : 0,
                limit(body.path("options")),
                1,
                body.path("stream").asBoolean(true),
                true,
                false);
    }

    /** Either a boolean, or how hard to think. */
    private static boolean thinks(JsonNode think) {
        return think.isTextual() || think.asBoolean(false);
    }

    private static @Nullable Integer limit(JsonNode options) throws RequestRefused {
        // -1 generates without a limit, -2 until the context is full.
        return options.path("num_predict").asInt(1) < 0 ? null : WireJson.limit(options, "num_predict");
    }
}

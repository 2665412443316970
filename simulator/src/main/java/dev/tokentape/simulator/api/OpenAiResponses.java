package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.ChatDialect;
import dev.tokentape.simulator.settings.SettingsReader;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.ResponsesRules;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's Responses API, {@code POST /v1/responses}. Reasoning is shown as a summary whenever the request asks for
 * reasoning. Nothing is stored: {@code previous_response_id} is accepted and not looked at.
 */
final class OpenAiResponses implements ApiDialect {

    private static final int REASONING_BUDGET = 1024;

    private final OpenAiChat chat = new OpenAiChat(ChatDialect.OPENAI);

    @Override
    public String name() {
        return "openai-responses";
    }

    @Override
    public boolean serves(String path) {
        return path.equals("/v1/responses");
    }

    @Override
    public ApiRules rules() {
        return ResponsesRules.ALL;
    }

    @Override
    public String streamContentType() {
        return "text/event-stream; charset=utf-8";
    }

    @Override
    public SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        JsonNode body = request.json();
        String model = body.path("model").asText("");
        if (model.isEmpty()) {
            throw new RequestRefused(400, "Missing required parameter: 'model'.");
        }
        CallSettings settings = request.settings(defaults, model);
        JsonNode input = body.path("input");
        if (!input.isTextual() && (!input.isArray() || input.isEmpty())) {
            throw new RequestRefused(400, "'input' must be a string, or an array with at least one item.");
        }
        TurnSizes turns = (input.isTextual()
                        ? TurnSizes.ofText(input.textValue())
                        : TurnSizes.of(input, OpenAiResponses::textOf))
                .after(body.path("instructions").asText(""));
        String lastType = input.path(input.size() - 1).path("type").asText();
        return new SimulatedRequest(
                SettingsReader.modelName(model),
                settings,
                turns.lastUserText(),
                input.isTextual() ? 1 : input.size(),
                turns.inputTokens(),
                OpenAiTools.read(body),
                lastType.endsWith("_call_output"),
                asksForReasoning(body.path("reasoning")) ? REASONING_BUDGET : 0,
                WireJson.limit(body, "max_output_tokens"),
                1,
                body.path("stream").asBoolean(false),
                true,
                wantsSealed(body.path("include")));
    }

    private static String textOf(JsonNode item) {
        return WireJson.textOf(item.path("content")) + item.path("output").asText("");
    }

    private static boolean wantsSealed(JsonNode include) {
        for (JsonNode included : include) {
            if (included.asText().equals("reasoning.encrypted_content")) {
                return true;
            }
        }
        return false;
    }

    private static boolean asksForReasoning(JsonNode reasoning) {
        return reasoning.hasNonNull("summary")
                || !reasoning.path("effort").asText("none").equals("none");
    }

    @Override
    public StreamEncoder stream(AnswerIdentity identity, SimulatedRequest request, Script script) {
        return new ResponsesStream(
                new ResponseObject(identity, request), script.choices().getFirst());
    }

    @Override
    public byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script) {
        var response = new ResponseObject(identity, request);
        return WireJson.bytes(response.ended(script.choices().getFirst(), script.usage()));
    }

    @Override
    public ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds) {
        return chat.httpError(identity, status, message, retryAfterSeconds);
    }
}

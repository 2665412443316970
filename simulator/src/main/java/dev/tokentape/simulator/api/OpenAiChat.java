package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.Usage;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.SettingsReader;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's Chat Completions API, {@code POST /v1/chat/completions}. Thinking, which that API keeps to itself, is sent as
 * {@code reasoning_content}, as DeepSeek and others do on the same wire format.
 */
final class OpenAiChat implements ApiDialect {

    private static final int MOST_CHOICES = 128;

    @Override
    public String name() {
        return "openai-chat";
    }

    @Override
    public boolean serves(String path) {
        return path.equals("/v1/chat/completions");
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
            throw new RequestRefused(400, "You must provide a model parameter.");
        }
        CallSettings settings = request.settings(defaults, model);
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw new RequestRefused(400, "'messages' must be an array with at least one message.");
        }
        int inputTokens = 3;
        String lastUserText = "";
        for (JsonNode message : messages) {
            String text = Json.textOf(message.path("content"));
            inputTokens += SimulatedRequest.inputTokens(text);
            if (message.path("role").asText().equals("user")) {
                lastUserText = text;
            }
        }
        String lastRole = messages.path(messages.size() - 1).path("role").asText();
        return new SimulatedRequest(
                SettingsReader.modelName(model),
                settings,
                lastUserText,
                messages.size(),
                inputTokens,
                OpenAiTools.read(body),
                lastRole.equals("tool") || lastRole.equals("function"),
                0,
                maxTokens(body),
                choices(body),
                body.path("stream").asBoolean(false),
                body.path("stream_options").path("include_usage").asBoolean(false));
    }

    private static @Nullable Integer maxTokens(JsonNode body) throws RequestRefused {
        Integer limit = Json.limit(body, "max_completion_tokens");
        return limit != null ? limit : Json.limit(body, "max_tokens");
    }

    private static int choices(JsonNode body) throws RequestRefused {
        int choices = body.path("n").asInt(1);
        if (choices < 1 || choices > MOST_CHOICES) {
            throw new RequestRefused(400, "'n' must be between 1 and " + MOST_CHOICES + ".");
        }
        return choices;
    }

    @Override
    public StreamEncoder stream(AnswerIdentity identity, SimulatedRequest request, Script script) {
        return new OpenAiChatStream(identity, request);
    }

    @Override
    public byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.put("id", "chatcmpl-" + identity.id());
        answer.put("object", "chat.completion");
        answer.put("created", identity.createdSeconds());
        answer.put("model", request.model());
        var choices = answer.putArray("choices");
        for (int index = 0; index < script.choices().size(); index++) {
            Choice choice = script.choices().get(index);
            ObjectNode node = choices.addObject();
            node.put("index", index);
            node.set("message", message(choice));
            node.putNull("logprobs");
            node.put("finish_reason", finishReason(choice.stop()));
        }
        answer.set("usage", usage(script.usage()));
        answer.put("service_tier", "default");
        answer.put("system_fingerprint", "fp_simulator");
        return Json.bytes(answer);
    }

    private static ObjectNode message(Choice choice) {
        ObjectNode message = Json.MAPPER.createObjectNode();
        message.put("role", "assistant");
        message.putNull("content");
        message.putNull("refusal");
        for (Block block : choice.blocks()) {
            switch (block) {
                case Block.Text text -> message.put("content", text.joined());
                case Block.Refusal refusal -> message.put("refusal", refusal.joined());
                case Block.Thinking thinking -> message.put("reasoning_content", thinking.joined());
                case Block.ToolCall call -> {
                    ObjectNode node = message.withArray("tool_calls").addObject();
                    node.put("id", "call_" + call.id());
                    node.put("type", "function");
                    node.putObject("function").put("name", call.name()).put("arguments", call.joined());
                }
            }
        }
        return message;
    }

    static String finishReason(StopReason stop) {
        return switch (stop) {
            case END_TURN, REFUSAL -> "stop";
            case MAX_TOKENS -> "length";
            case TOOL_USE -> "tool_calls";
            case CONTENT_FILTER -> "content_filter";
        };
    }

    static ObjectNode usage(Usage usage) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("prompt_tokens", usage.input());
        node.put("completion_tokens", usage.output());
        node.put("total_tokens", usage.input() + usage.output());
        node.putObject("prompt_tokens_details").put("cached_tokens", 0).put("audio_tokens", 0);
        node.putObject("completion_tokens_details")
                .put("reasoning_tokens", usage.thinking())
                .put("audio_tokens", 0)
                .put("accepted_prediction_tokens", 0)
                .put("rejected_prediction_tokens", 0);
        return node;
    }

    @Override
    public ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds) {
        String type = switch (status) {
            case 429 -> "requests";
            case 400, 401, 403, 404, 413 -> "invalid_request_error";
            default -> "server_error";
        };
        @Nullable
        String code = switch (status) {
            case 401 -> "invalid_api_key";
            case 404 -> "model_not_found";
            case 429 -> "rate_limit_exceeded";
            default -> null;
        };
        return ErrorReply.withRetryAfter(
                retryAfterSeconds, error(message != null ? message : HttpErrors.usualMessage(status), type, code));
    }

    static ObjectNode error(String message, String type, @Nullable String code) {
        ObjectNode error = Json.MAPPER.createObjectNode();
        error.putObject("error")
                .put("message", message)
                .put("type", type)
                .putNull("param")
                .put("code", code);
        return error;
    }
}

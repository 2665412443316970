package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.ChatDialect;
import dev.tokentape.simulator.settings.SettingsReader;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.ChatRules;
import dev.tokentape.simulator.strict.Violation;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's Chat Completions API, {@code POST /v1/chat/completions}, and its variations by other servers, which lie
 * below their name: {@code /groq/openai/v1/chat/completions}. Thinking, which OpenAI keeps to itself, is sent as
 * {@code reasoning_content}, as DeepSeek and others do on the same wire format.
 */
final class OpenAiChat implements ApiDialect {

    private static final int MOST_CHOICES = 128;
    /** The version, behind what the real servers put before it, or nothing. */
    private static final Pattern BELOW_NAME = Pattern.compile("(?:/api|/openai)?(?:/v1)?/chat/completions");

    private static final Pattern DEPLOYMENT = Pattern.compile("(?:/azure)?/openai/deployments/(.+)/chat/completions");

    private final ChatDialect dialect;
    private final ChatFormat format;

    OpenAiChat(ChatDialect dialect) {
        this.dialect = dialect;
        this.format = ChatFormat.of(dialect);
    }

    @Override
    public String name() {
        return dialect == ChatDialect.OPENAI ? "openai-chat" : "openai-chat/" + dialect.spelling();
    }

    @Override
    public boolean serves(String path) {
        if (dialect == ChatDialect.AZURE && DEPLOYMENT.matcher(path).matches()) {
            return true;
        }
        String prefix = "/" + dialect.spelling();
        return path.startsWith(prefix + "/")
                        && BELOW_NAME.matcher(path.substring(prefix.length())).matches()
                || dialect == ChatDialect.OPENAI && path.equals("/v1/chat/completions");
    }

    /** On Azure a deployment's name, in the path, stands for the model. */
    @Override
    public String modelNamed(IncomingRequest request) {
        Matcher deployment = DEPLOYMENT.matcher(request.path());
        return deployment.matches() ? deployment.group(1) : request.modelOrEmpty();
    }

    @Override
    public ApiDialect variation(CallSettings settings) {
        ChatDialect wanted = settings.dialect();
        return wanted == null || wanted == dialect ? this : new OpenAiChat(wanted);
    }

    @Override
    public ApiRules rules() {
        return ChatRules.of(dialect);
    }

    /** Mistral's validator of bodies tells by 422 what it does not know. */
    @Override
    public int statusOf(Violation broken) {
        return broken.rule().equals("mistral.unknown-field") ? 422 : 400;
    }

    @Override
    public String streamContentType() {
        return "text/event-stream; charset=utf-8";
    }

    @Override
    public SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        JsonNode body = request.json();
        String model = modelNamed(request);
        if (model.isEmpty()) {
            throw new RequestRefused(400, "You must provide a model parameter.");
        }
        CallSettings settings = request.settings(defaults, model);
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw new RequestRefused(400, "'messages' must be an array with at least one message.");
        }
        TurnSizes turns = TurnSizes.of(messages, message -> WireJson.textOf(message.path("content")));
        String lastRole = messages.path(messages.size() - 1).path("role").asText();
        return new SimulatedRequest(
                SettingsReader.modelName(model),
                settings,
                turns.lastUserText(),
                messages.size(),
                turns.inputTokens(),
                OpenAiTools.read(body),
                lastRole.equals("tool") || lastRole.equals("function"),
                0,
                maxTokens(body),
                choices(body),
                body.path("stream").asBoolean(false),
                body.path("stream_options").path("include_usage").asBoolean(false),
                false);
    }

    private static @Nullable Integer maxTokens(JsonNode body) throws RequestRefused {
        Integer limit = WireJson.limit(body, "max_completion_tokens");
        return limit != null ? limit : WireJson.limit(body, "max_tokens");
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
        return new OpenAiChatStream(format, identity, request, script.inputTokens());
    }

    @Override
    public byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script) {
        ObjectNode answer = WireJson.MAPPER.createObjectNode();
        answer.put("id", format.names(identity, request).get("id"));
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
            node.put("finish_reason", OpenAiChatStream.finishReason(choice.stop()));
        }
        answer.putRawValue("usage", new RawValue(format.usage(script.usage())));
        answer.put("service_tier", "default");
        answer.put("system_fingerprint", "fp_simulator");
        return WireJson.bytes(answer);
    }

    private ObjectNode message(Choice choice) {
        ObjectNode message = WireJson.MAPPER.createObjectNode();
        message.put("role", "assistant");
        message.putNull("content");
        message.putNull("refusal");
        for (Block block : choice.blocks()) {
            switch (block) {
                case Block.Text text -> text(message, text.joined());
                case Block.Refusal refusal -> message.put("refusal", refusal.joined());
                case Block.Thinking thinking -> thoughts(message, thinking.joined());
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

    private void thoughts(ObjectNode message, String thoughts) {
        String member = format.text("whole.thinking");
        if (member.equals("content")) {
            ObjectNode part = message.putArray("content").addObject().put("type", "thinking");
            part.putArray("thinking").addObject().put("type", "text").put("text", thoughts);
        } else {
            message.put(member, thoughts);
        }
    }

    private static void text(ObjectNode message, String text) {
        if (message.path("content") instanceof ArrayNode parts) {
            parts.addObject().put("type", "text").put("text", text);
        } else {
            message.put("content", text);
        }
    }

    @Override
    public ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds) {
        String type = switch (status) {
            case 429 -> "requests";
            case 400, 401, 403, 404, 413, 422 -> "invalid_request_error";
            default -> "server_error";
        };
        @Nullable
        String code = switch (status) {
            case 401 -> "invalid_api_key";
            case 404 -> "model_not_found";
            case 429 -> "rate_limit_exceeded";
            default -> null;
        };
        String told = message != null ? message : HttpErrorTexts.usualMessage(status);
        int place = told.indexOf(": body");
        ArrayNode loc = WireJson.MAPPER.createArrayNode();
        for (String step : (place < 0 ? "body" : told.substring(place + 2)).split("\\.")) {
            loc.add(step);
        }
        String body = format.template("http-error." + status, "http-error")
                .fill(Map.of(
                        "message",
                        WireJson.quoted(told),
                        "msg",
                        WireJson.quoted(place < 0 ? told : told.substring(0, place)),
                        "loc",
                        loc.toString(),
                        "type",
                        WireJson.quoted(type),
                        "code",
                        code == null ? "null" : WireJson.quoted(code),
                        "status",
                        Integer.toString(status)));
        return ErrorReply.withRetryAfter(retryAfterSeconds, WireJson.utf8(body));
    }
}

package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.AnthropicRules;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.Seal;
import org.jspecify.annotations.Nullable;

/** Anthropic's Messages API, {@code POST /v1/messages}. */
final class AnthropicMessages implements ApiDialect {

    @Override
    public String name() {
        return "anthropic-messages";
    }

    @Override
    public boolean serves(String path) {
        return path.equals("/v1/messages");
    }

    @Override
    public ApiRules rules() {
        return AnthropicRules.ALL;
    }

    @Override
    public String streamContentType() {
        return "text/event-stream; charset=utf-8";
    }

    @Override
    public SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        return AnthropicRequest.read(request, defaults);
    }

    @Override
    public StreamEncoder stream(AnswerIdentity identity, SimulatedRequest request, Script script) {
        return new AnthropicStream(identity, request, script);
    }

    @Override
    public byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script) {
        Choice choice = script.choices().getFirst();
        ObjectNode answer = WireJson.MAPPER.createObjectNode();
        answer.put("id", "msg_" + identity.id());
        answer.put("type", "message");
        answer.put("role", "assistant");
        answer.put("model", request.model());
        ArrayNode content = answer.putArray("content");
        for (Block block : choice.blocks()) {
            switch (block) {
                case Block.Text text -> content.addObject().put("type", "text").put("text", text.joined());
                case Block.Refusal refusal ->
                    content.addObject().put("type", "text").put("text", refusal.joined());
                case Block.Thinking thinking ->
                    content.addObject()
                            .put("type", "thinking")
                            .put("thinking", thinking.joined())
                            .put("signature", Seal.ANTHROPIC.signature(thinking.joined()));
                case Block.ToolCall call -> {
                    ObjectNode node = content.addObject();
                    node.put("type", "tool_use").put("id", "toolu_" + call.id()).put("name", call.name());
                    node.set("input", WireJson.arguments(call).orElseGet(WireJson.MAPPER::createObjectNode));
                }
            }
        }
        answer.put("stop_reason", AnthropicStream.stopReason(choice.stop()));
        answer.putNull("stop_sequence");
        ObjectNode usage = answer.putObject("usage");
        usage.put("input_tokens", script.inputTokens());
        usage.put("cache_creation_input_tokens", 0);
        usage.put("cache_read_input_tokens", 0);
        usage.put("output_tokens", choice.tokens());
        usage.put("service_tier", "standard");
        return WireJson.bytes(answer);
    }

    @Override
    public ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds) {
        String type = switch (status) {
            case 400 -> "invalid_request_error";
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 408, 504 -> "timeout_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> "api_error";
        };
        ObjectNode error = WireJson.MAPPER.createObjectNode();
        error.put("type", "error");
        error.putObject("error")
                .put("type", type)
                .put("message", message != null ? message : HttpErrorTexts.usualMessage(status));
        error.put("request_id", "req_" + identity.id());
        return ErrorReply.withRetryAfter(retryAfterSeconds, error);
    }
}

package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.BedrockRules;
import dev.tokentape.simulator.strict.Seal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Amazon Bedrock's Converse API, {@code POST /model/MODEL/converse} and {@code /converse-stream}. The model, with
 * settings in it, comes from the path. Signatures are not verified.
 */
final class BedrockConverse implements ApiDialect {

    private static final Pattern PATH = Pattern.compile("/model/(.+)/converse(-stream)?");

    @Override
    public String name() {
        return "bedrock-converse";
    }

    @Override
    public boolean serves(String path) {
        return PATH.matcher(path).matches();
    }

    @Override
    public String modelNamed(IncomingRequest request) {
        Matcher path = PATH.matcher(request.path());
        return path.matches() ? path.group(1) : "";
    }

    @Override
    public RequestRefused unauthorized(boolean keyGiven) {
        return new RequestRefused(
                403,
                keyGiven ? "The security token included in the request is invalid." : "Missing Authentication Token");
    }

    @Override
    public ApiRules rules() {
        return BedrockRules.ALL;
    }

    @Override
    public String streamContentType() {
        return "application/vnd.amazon.eventstream";
    }

    @Override
    public SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        return BedrockRequest.read(request, modelNamed(request), request.path().endsWith("-stream"), defaults);
    }

    @Override
    public StreamEncoder stream(AnswerIdentity identity, SimulatedRequest request, Script script) {
        return new BedrockStream(request);
    }

    @Override
    public byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script) {
        Choice choice = script.choices().getFirst();
        ObjectNode answer = WireJson.MAPPER.createObjectNode();
        answer.set("metrics", BedrockStream.metrics(request, script.usage()));
        ObjectNode message = answer.putObject("output").putObject("message");
        ArrayNode content = message.putArray("content");
        for (Block block : choice.blocks()) {
            switch (block) {
                case Block.Text text -> content.addObject().put("text", text.joined());
                case Block.Refusal refusal -> content.addObject().put("text", refusal.joined());
                case Block.Thinking thinking ->
                    content.addObject()
                            .putObject("reasoningContent")
                            .putObject("reasoningText")
                            .put("signature", Seal.ANTHROPIC.signature(thinking.joined()))
                            .put("text", thinking.joined());
                case Block.ToolCall call ->
                    content.addObject()
                            .putObject("toolUse")
                            .put("name", call.name())
                            .put("toolUseId", "tooluse_" + call.id())
                            .set("input", WireJson.arguments(call).orElseGet(WireJson.MAPPER::createObjectNode));
            }
        }
        message.put("role", "assistant");
        answer.put("stopReason", BedrockStream.stopReason(choice.stop()));
        answer.set("usage", BedrockStream.usage(script.usage()));
        return WireJson.bytes(answer);
    }

    @Override
    public ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds) {
        String type = switch (status) {
            case 401, 403 -> "UnrecognizedClientException";
            case 400, 413 -> "ValidationException";
            case 404 -> "ResourceNotFoundException";
            case 408, 504 -> "ModelTimeoutException";
            case 429 -> "ThrottlingException";
            case 502, 503, 529 -> "ServiceUnavailableException";
            default -> "InternalServerException";
        };
        var body = WireJson.MAPPER
                .createObjectNode()
                .put("message", message != null ? message : HttpErrorTexts.usualMessage(status));
        return new ErrorReply(
                Map.of(
                        "x-amzn-errortype",
                        type + ":http://internal.amazon.com/coral/com.amazon.bedrock/",
                        "x-amzn-requestid",
                        "req_" + identity.id()),
                WireJson.bytes(body));
    }
}

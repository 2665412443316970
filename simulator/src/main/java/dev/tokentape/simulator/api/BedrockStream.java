package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.Step;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.TokenCounts;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.Seal;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A stream of Converse events, each a binary frame. Members stand in alphabetical order, and {@code p} pads each event
 * so that its size does not give away the token. Only tools have a block start.
 */
final class BedrockStream implements StreamEncoder {

    private static final byte[] NOTHING = {};
    private static final String PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private final SimulatedRequest request;
    private int events;

    BedrockStream(SimulatedRequest request) {
        this.request = request;
    }

    @Override
    public byte[] encode(Step step) {
        return switch (step) {
            case Step.ChoiceStart ignored -> event("messageStart", "{" + padding() + ",\"role\":\"assistant\"}");
            case Step.BlockStart start ->
                start.block() instanceof Block.ToolCall call ? toolStart(start.index(), call) : NOTHING;
            case Step.Token token -> delta(token.position().block(), said(token.block(), token.text()));
            case Step.BlockStop stop -> blockStop(stop);
            case Step.ChoiceEnd end ->
                event("messageStop", "{" + padding() + ",\"stopReason\":\"" + stopReason(end.stop()) + "\"}");
            case Step.End end ->
                event(
                        "metadata",
                        "{\"metrics\":" + metrics(request, end.usage()) + "," + padding() + ",\"usage\":"
                                + usage(end.usage()) + "}");
        };
    }

    private byte[] toolStart(int index, Block.ToolCall call) {
        return event(
                "contentBlockStart",
                "{\"contentBlockIndex\":" + index + "," + padding() + ",\"start\":{\"toolUse\":{\"name\":"
                        + WireJson.quoted(call.name()) + ",\"toolUseId\":\"tooluse_" + call.id() + "\"}}}");
    }

    private static String said(Block block, String text) {
        String quoted = WireJson.quoted(text);
        return switch (block) {
            case Block.Text ignored -> "{\"text\":" + quoted + "}";
            case Block.Refusal ignored -> "{\"text\":" + quoted + "}";
            case Block.Thinking ignored -> "{\"reasoningContent\":{\"text\":" + quoted + "}}";
            case Block.ToolCall ignored -> "{\"toolUse\":{\"input\":" + quoted + "}}";
        };
    }

    private byte[] delta(int index, String delta) {
        return event(
                "contentBlockDelta", "{\"contentBlockIndex\":" + index + ",\"delta\":" + delta + "," + padding() + "}");
    }

    /** The signature of thoughts comes right before their end. */
    private byte[] blockStop(Step.BlockStop stop) {
        byte[] signature = stop.block() instanceof Block.Thinking thinking
                ? delta(
                        stop.index(),
                        "{\"reasoningContent\":{\"signature\":"
                                + WireJson.quoted(Seal.ANTHROPIC.signature(thinking.joined())) + "}}")
                : NOTHING;
        byte[] end = event("contentBlockStop", "{\"contentBlockIndex\":" + stop.index() + "," + padding() + "}");
        return WireJson.joined(signature, end);
    }

    private String padding() {
        int length = 1 + events * 37 % PADDING.length();
        return "\"p\":\"" + PADDING.substring(0, length) + "\"";
    }

    private byte[] event(String type, String json) {
        events++;
        return frame(":event-type", type, "event", json);
    }

    private static byte[] frame(String kind, String type, String messageType, String json) {
        var headers = new LinkedHashMap<String, String>();
        headers.put(kind, type);
        headers.put(":content-type", "application/json");
        headers.put(":message-type", messageType);
        return EventStreamFrame.encode(headers, WireJson.utf8(json));
    }

    @Override
    public byte[] error() {
        return frame(
                ":exception-type",
                "modelStreamErrorException",
                "exception",
                "{\"message\":\"The model failed while it worked on the answer.\",\"originalMessage\":\"Overloaded\","
                        + "\"originalStatusCode\":529}");
    }

    /** The frame is as it should be, with both checksums; what it carries is not. */
    @Override
    public byte[] malformed() {
        return frame(":event-type", "contentBlockDelta", "event", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"");
    }

    static String stopReason(StopReason stop) {
        return switch (stop) {
            case END_TURN, REFUSAL -> "end_turn";
            case MAX_TOKENS -> "max_tokens";
            case TOOL_USE -> "tool_use";
            case CONTENT_FILTER -> "content_filtered";
        };
    }

    /** The latency which the settings promise, not the one measured, so that an answer is the same each time. */
    static ObjectNode metrics(SimulatedRequest request, TokenCounts usage) {
        CallSettings settings = request.settings();
        double answer = settings.tokensPerSecond() == 0
                ? 0
                : usage.output() * TimeUnit.SECONDS.toMillis(1) / settings.tokensPerSecond();
        return WireJson.MAPPER
                .createObjectNode()
                .put("latencyMs", settings.timeToFirstTokenMillis() + Math.round(answer));
    }

    static ObjectNode usage(TokenCounts usage) {
        return WireJson.MAPPER
                .createObjectNode()
                .put("inputTokens", usage.input())
                .put("outputTokens", usage.output())
                .put("totalTokens", usage.input() + usage.output());
    }
}

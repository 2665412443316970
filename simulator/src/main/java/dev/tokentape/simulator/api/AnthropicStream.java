package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.Step;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.strict.Seal;

/** A stream of Messages events, each with an {@code event:} and a {@code data:} line. */
final class AnthropicStream implements StreamEncoder {

    private static final String PING = event("ping", "{\"type\": \"ping\"}");

    private final AnswerIdentity identity;
    private final SimulatedRequest request;
    private final Script script;

    AnthropicStream(AnswerIdentity identity, SimulatedRequest request, Script script) {
        this.identity = identity;
        this.request = request;
        this.script = script;
    }

    @Override
    public byte[] encode(Step step) {
        return WireJson.utf8(
                switch (step) {
                    case Step.ChoiceStart start -> messageStart();
                    case Step.BlockStart start -> blockStart(start) + (start.index() == 0 ? PING : "");
                    case Step.Token token ->
                        withoutArguments(token.block())
                                ? ""
                                : delta(token.position().block(), delta(token));
                    case Step.BlockStop stop -> signature(stop) + blockStop(stop.index());
                    case Step.ChoiceEnd end -> messageDelta(end);
                    case Step.End end -> event("message_stop", "{\"type\":\"message_stop\"}");
                });
    }

    private String messageStart() {
        return event(
                "message_start",
                "{\"type\":\"message_start\",\"message\":{\"model\":" + WireJson.quoted(request.model())
                        + ",\"id\":\"msg_"
                        + identity.id() + "\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],"
                        + "\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":"
                        + script.inputTokens()
                        + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":1,"
                        + "\"service_tier\":\"standard\"}}}");
    }

    private static String blockStart(Step.BlockStart start) {
        String block = switch (start.block()) {
            case Block.Text ignored -> "{\"type\":\"text\",\"text\":\"\"}";
            case Block.Refusal ignored -> "{\"type\":\"text\",\"text\":\"\"}";
            case Block.Thinking ignored -> "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}";
            case Block.ToolCall call ->
                "{\"type\":\"tool_use\",\"id\":\"toolu_" + call.id() + "\",\"name\":" + WireJson.quoted(call.name())
                        + ",\"input\":{}}";
        };
        String event = event(
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":" + start.index() + ",\"content_block\":" + block + "}");
        return start.block() instanceof Block.ToolCall
                ? event + delta(start.index(), "{\"type\":\"input_json_delta\",\"partial_json\":\"\"}")
                : event;
    }

    private static String delta(Step.Token token) {
        return switch (token.block()) {
            case Block.Text ignored -> "{\"type\":\"text_delta\",\"text\":" + WireJson.quoted(token.text()) + "}";
            case Block.Refusal ignored -> "{\"type\":\"text_delta\",\"text\":" + WireJson.quoted(token.text()) + "}";
            case Block.Thinking ignored ->
                "{\"type\":\"thinking_delta\",\"thinking\":" + WireJson.quoted(token.text()) + "}";
            case Block.ToolCall ignored ->
                "{\"type\":\"input_json_delta\",\"partial_json\":" + WireJson.quoted(token.text()) + "}";
        };
    }

    /** A call without arguments streams as the one empty string sent at its start, not as an empty object. */
    private static boolean withoutArguments(Block block) {
        return block instanceof Block.ToolCall call && call.joined().equals("{}");
    }

    private static String delta(int index, String delta) {
        return event(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + delta + "}");
    }

    private static String signature(Step.BlockStop stop) {
        return stop.block() instanceof Block.Thinking thinking
                ? delta(
                        stop.index(),
                        "{\"type\":\"signature_delta\",\"signature\":"
                                + WireJson.quoted(Seal.ANTHROPIC.signature(thinking.joined())) + "}")
                : "";
    }

    private static String blockStop(int index) {
        return event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":" + index + "}");
    }

    private String messageDelta(Step.ChoiceEnd end) {
        return event(
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + stopReason(end.stop())
                        + "\",\"stop_sequence\":null},\"usage\":{\"input_tokens\":" + script.inputTokens()
                        + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":"
                        + end.tokens() + "}}");
    }

    private static String event(String name, String json) {
        return "event: " + name + "\ndata: " + json + "\n\n";
    }

    @Override
    public byte[] error() {
        return WireJson.utf8(event(
                "error",
                "{\"type\":\"error\",\"error\":{\"details\":null,\"type\":\"overloaded_error\","
                        + "\"message\":\"Overloaded\"}}"));
    }

    @Override
    public byte[] malformed() {
        return WireJson.utf8(event(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""));
    }

    static String stopReason(StopReason stop) {
        return switch (stop) {
            case END_TURN -> "end_turn";
            case MAX_TOKENS -> "max_tokens";
            case TOOL_USE -> "tool_use";
            case REFUSAL, CONTENT_FILTER -> "refusal";
        };
    }
}

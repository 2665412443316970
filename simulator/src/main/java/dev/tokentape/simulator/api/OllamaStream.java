package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Step;
import dev.tokentape.simulator.script.StopReason;

/** A stream of Ollama's lines: one a token, one a whole tool call, and a last one with {@code done} and the counts. */
final class OllamaStream implements StreamEncoder {

    private static final byte[] NOTHING = {};

    private final OllamaLine line;
    private StopReason stop = StopReason.END_TURN;
    private int tokens;
    private int calls;

    OllamaStream(OllamaLine line) {
        this.line = line;
    }

    @Override
    public byte[] encode(Step step) {
        return switch (step) {
            case Step.Token token -> token(token);
            case Step.BlockStop stopped ->
                stopped.block() instanceof Block.ToolCall call
                        ? OllamaLine.call(call, calls++)
                                .map(whole -> WireJson.utf8(line.next(tokens, "", "", whole)))
                                .orElse(NOTHING)
                        : NOTHING;
            case Step.ChoiceEnd end -> {
                stop = end.stop();
                yield NOTHING;
            }
            case Step.End end -> WireJson.utf8(line.last(stop, end.usage(), "", "", "") + "\n");
            case Step.ChoiceStart ignored -> NOTHING;
            case Step.BlockStart ignored -> NOTHING;
        };
    }

    private byte[] token(Step.Token token) {
        int before = tokens++;
        return switch (token.block()) {
            case Block.Text ignored -> WireJson.utf8(line.next(before, token.text(), "", ""));
            case Block.Refusal ignored -> WireJson.utf8(line.next(before, token.text(), "", ""));
            case Block.Thinking ignored -> WireJson.utf8(line.next(before, "", token.text(), ""));
            case Block.ToolCall ignored -> NOTHING;
        };
    }

    @Override
    public byte[] error() {
        return WireJson.utf8(error("an error was encountered while running the model") + "\n");
    }

    @Override
    public byte[] malformed() {
        return WireJson.utf8("{\"model\":\"\n");
    }

    static JsonNode error(String message) {
        ObjectNode error = WireJson.MAPPER.createObjectNode();
        return error.put("error", message);
    }
}

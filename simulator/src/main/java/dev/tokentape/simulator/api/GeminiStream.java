package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Step;
import dev.tokentape.simulator.script.StopReason;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A stream of Gemini responses, each a {@code data:} line ended by CRLF. There is no end marker: the last response of a
 * candidate has its finish reason. A function call comes whole.
 */
final class GeminiStream implements StreamEncoder {

    private static final byte[] NOTHING = {};

    private final GeminiChunk chunk;
    private final Map<Integer, Choice> choices = new HashMap<>();
    private final Set<Integer> finished = new HashSet<>();
    private int candidatesTokens;
    private int thoughtsTokens;

    GeminiStream(GeminiChunk chunk) {
        this.chunk = chunk;
    }

    @Override
    public byte[] encode(Step step) {
        return switch (step) {
            case Step.ChoiceStart start -> {
                choices.put(start.choice(), start.content());
                yield NOTHING;
            }
            case Step.Token token -> token(token);
            case Step.BlockStop stop ->
                stop.block() instanceof Block.ToolCall
                        ? event(stop.choice(), stop.block(), stop.block().joined(), isLast(stop.choice(), stop.index()))
                        : NOTHING;
            case Step.ChoiceEnd end -> finished.contains(end.choice()) ? NOTHING : finish(end);
            case Step.BlockStart ignored -> NOTHING;
            case Step.End ignored -> NOTHING;
        };
    }

    private byte[] token(Step.Token token) {
        Block block = token.block();
        if (block instanceof Block.Thinking) {
            thoughtsTokens++;
        } else {
            candidatesTokens++;
        }
        if (block instanceof Block.ToolCall) {
            return NOTHING;
        }
        boolean last = isLast(token.choice(), token.position().block())
                && token.position().piece() == block.pieces().size() - 1;
        return event(token.choice(), block, token.text(), last);
    }

    private boolean isLast(int choice, int block) {
        return block == choice(choice).blocks().size() - 1;
    }

    private Choice choice(int index) {
        Choice choice = choices.get(index);
        if (choice == null) {
            throw new IllegalStateException("candidate " + index + " has not begun");
        }
        return choice;
    }

    private byte[] event(int index, Block block, String text, boolean last) {
        Choice choice = choice(index);
        var parts = new StringJoiner(",");
        chunk.parts(choice, block, text, parts);
        @Nullable StopReason stop = last ? choice.stop() : null;
        if (last) {
            finished.add(index);
        }
        return event(GeminiChunk.candidate(index, parts.toString(), stop));
    }

    /** A candidate which has said nothing ends without content. */
    private byte[] finish(Step.ChoiceEnd end) {
        return event(GeminiChunk.candidate(end.choice(), "", end.stop()));
    }

    private byte[] event(String candidate) {
        return WireJson.utf8("data: " + chunk.of(candidate, candidatesTokens, thoughtsTokens) + "\r\n\r\n");
    }

    /** The bare error, pretty-printed and outside any event. */
    @Override
    public byte[] error() {
        return GeminiError.of(503, "The model is overloaded. Please try again later.", -1);
    }

    @Override
    public byte[] malformed() {
        return WireJson.utf8("data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"\r\n\r\n");
    }
}

package dev.tokentape.simulator.script;

import java.util.List;
import java.util.stream.Collectors;

/** One of the alternative answers to a call: its blocks, and why it ended. */
public record Choice(List<Block> blocks, StopReason stop) {

    public Choice {
        blocks = List.copyOf(blocks);
    }

    /** All text of the choice, without thinking, refusal and tool calls. */
    public String text() {
        return blocks.stream()
                .filter(Block.Text.class::isInstance)
                .map(Block::joined)
                .collect(Collectors.joining());
    }

    /** The number of its tokens. */
    public int tokens() {
        return blocks.stream().mapToInt(block -> block.pieces().size()).sum();
    }
}

package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.BlockType;

/** A content block that has begun; deltas go to it until it is closed. */
public final class OpenBlock {

    final int choice;
    final int index;
    final SurrogateHalves halves = new SurrogateHalves();
    private final BlockType type;
    boolean closed;

    OpenBlock(int choice, int index, BlockType type) {
        this.choice = choice;
        this.index = index;
        this.type = type;
    }

    public BlockType type() {
        return type;
    }
}

package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.BlockType;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one choice of an API that knows none: it has a field for text, one for thoughts and one for a refusal,
 * and each chunk adds to some of them.
 *
 * <p>Text is one block that goes on to the end, whatever comes between its pieces: so nothing is cut in two by a
 * thought in its midst. A thought or a refusal ends where a chunk brings text without it; in one chunk the fields have
 * no order.
 */
public final class FieldBlocks {

    private final Answer answer;
    private final int choice;
    private @Nullable OpenBlock text;
    private @Nullable OpenBlock other;
    private long chunks;
    private long otherSince;

    public FieldBlocks(Answer answer, int choice) {
        this.answer = answer;
        this.choice = choice;
    }

    /** Another chunk begins. */
    public void chunk() {
        chunks++;
    }

    /** The open block of this type; begun if there is none. */
    public OpenBlock in(BlockType type) {
        if (type == BlockType.TEXT) {
            if (otherSince < chunks) {
                endOther();
            }
            text = text != null ? text : open(type);
            return text;
        }
        OpenBlock block = other;
        if (block == null || block.type() != type) {
            endOther();
            block = open(type);
            other = block;
        }
        otherSince = chunks;
        return block;
    }

    /** The block that was added to last; null where none is open. */
    public @Nullable OpenBlock last() {
        return other != null ? other : text;
    }

    /** Ends the thought or refusal that is open: what comes next has a block of its own. */
    public void endOther() {
        answer.close(other);
        other = null;
    }

    /** Ends all: what comes next stands behind them. */
    public void end() {
        endOther();
        answer.close(text);
        text = null;
    }

    private OpenBlock open(BlockType type) {
        return answer.open(choice, type, null, null, null, null, null);
    }
}

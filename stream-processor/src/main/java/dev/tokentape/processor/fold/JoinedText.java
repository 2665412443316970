package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.gate.TextHold;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import dev.tokentape.schemas.event.TokenEvent.BlockStart;
import dev.tokentape.schemas.event.TokenEvent.BlockStop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one kind in one choice of an answer, on their way to the readers, who join their text: so it is judged
 * as one, whatever else stands between the blocks.
 *
 * <p>Text goes in the order in which the blocks began; what comes of a block while one before it still grows waits.
 * What a later block may yet complete is held beyond the end of its own, and the block's stop with it: until the next
 * block of the kind has shown what becomes of it, or the answer is over. Not thread-safe.
 */
final class JoinedText {

    /** Of signatures that wait for the text that they sign; more are left out. Unit: characters. */
    private static final int MOST_SIGNATURES = 1_000_000;

    private final TextHold hold;
    /** Those not wholly shown, in the order in which they began: ended ones, one that grows, ones that wait. */
    private final Deque<Block> blocks = new ArrayDeque<>();

    private int signatureCharacters;

    private long waitingCharacters;

    private static final class Block {
        private final int index;
        /** Came while an earlier block grew. */
        private final List<BlockDelta> early = new ArrayList<>();

        private final List<BlockDelta> signatures = new ArrayList<>();
        private @Nullable BlockDelta latest;
        private @Nullable BlockStop stop;
        /** Some of its signatures were too many to wait. */
        private boolean unsigned;

        private boolean left;
        private boolean over;

        private Block(int index) {
            this.index = index;
        }
    }

    JoinedText(TextHold hold) {
        this.hold = hold;
    }

    /** Names the text that a block is a part of; null if it stands for itself. */
    static @Nullable Long keyOf(BlockStart block) {
        return switch (block.type()) {
            case TEXT, THINKING, REFUSAL ->
                (long) block.envelope().choiceIndex() << 32 | block.type().ordinal();
            case TOOL_USE, SERVER_TOOL_USE, TOOL_RESULT, IMAGE, AUDIO, REDACTED_THINKING, OTHER -> null;
        };
    }

    /** A block begins. One of the same number that has not ended, or was over and went on, will hear no more. */
    List<Gated> begin(int index) {
        blocks.forEach(block -> block.left |= block.index == index);
        blocks.add(new Block(index));
        return goOn();
    }

    /** What may be shown after this delta. */
    List<Gated> append(BlockDelta delta) {
        Block block = find(delta.envelope().blockIndex());
        if (block == null) {
            // Behind its stop, or of a block that nobody has announced; the next one that begins ends it.
            block = new Block(delta.envelope().blockIndex());
            block.left = true;
            blocks.add(block);
        }
        if (block != growing()) {
            block.early.add(delta);
            waitingCharacters += delta.text().length();
            return List.of();
        }
        return feed(block, delta);
    }

    /** What may be shown when a block has stopped, its stop perhaps among it. */
    List<Gated> stop(BlockStop stop) {
        Block block = find(stop.envelope().blockIndex());
        if (block == null || block.stop != null) {
            return List.of(Gated.whole(stop));
        }
        block.stop = stop;
        return goOn();
    }

    /** All that is left: nothing more will come. */
    List<Gated> end() {
        blocks.forEach(block -> block.left = true);
        List<Gated> shown = new ArrayList<>(goOn());
        if (!blocks.isEmpty()) {
            Block last = blocks.getLast();
            if (!last.over) {
                leave(last, shown);
            }
            hold.end();
            drain(shown);
        }
        return shown;
    }

    /** Characters that wait here beside what the hold bounds itself. */
    long characters() {
        return waitingCharacters;
    }

    /** Ends every block that is to end, and takes in what came too early. */
    private List<Gated> goOn() {
        List<Gated> shown = new ArrayList<>();
        for (Block block = growing(); block != null; block = growing()) {
            for (BlockDelta delta : block.early) {
                waitingCharacters -= delta.text().length();
                shown.addAll(feed(block, delta));
            }
            block.early.clear();
            boolean ends = block.stop != null || block.left && block != blocks.getLast();
            if (!ends) {
                break;
            }
            leave(block, shown);
        }
        return shown;
    }

    private void leave(Block block, List<Gated> shown) {
        hold.endBlock();
        block.over = true;
        drain(shown);
    }

    private List<Gated> feed(Block block, BlockDelta delta) {
        if (delta.text().isEmpty()) {
            return List.of(Gated.whole(delta));
        }
        return switch (delta.type()) {
            case TEXT, THINKING, INPUT_JSON, REFUSAL, OTHER -> {
                block.latest = delta;
                hold.take(delta.text());
                List<Gated> shown = new ArrayList<>(1);
                drain(shown);
                yield shown;
            }
            case SIGNATURE -> List.of(signed(block, delta));
            case CITATION, DATA, LOGPROBS -> List.of(Gated.whole(delta));
        };
    }

    /** A signature must not vouch for a text that was changed, nor for one that may still be. */
    private Gated signed(Block block, BlockDelta signature) {
        if (block == blocks.getFirst() && !hold.vouches()) {
            return Gated.NOTHING;
        }
        if (block == blocks.getFirst() && hold.isClear()) {
            return Gated.whole(signature);
        }
        block.unsigned |= signatureCharacters + signature.text().length() > MOST_SIGNATURES;
        if (!block.unsigned) {
            signatureCharacters += signature.text().length();
            block.signatures.add(signature);
        }
        return Gated.NOTHING;
    }

    /** Shows what may be shown, block by block. */
    private void drain(List<Gated> shown) {
        while (!blocks.isEmpty()) {
            Block first = blocks.getFirst();
            Released released = hold.release();
            if (first.latest != null) {
                shown.add(Gated.of(released, first.latest));
            } else if (!released.findings().isEmpty()) {
                shown.add(new Gated(null, released.findings()));
            }
            boolean vouches = hold.vouches();
            if (!first.over || !hold.nextBlock()) {
                return;
            }
            if (vouches && !first.unsigned) {
                first.signatures.forEach(signature -> shown.add(Gated.whole(signature)));
            }
            first.signatures.forEach(
                    signature -> signatureCharacters -= signature.text().length());
            if (first.stop != null) {
                shown.add(Gated.whole(first.stop));
            }
            blocks.removeFirst();
        }
    }

    /** The block whose text is taken now: the first that is not over. */
    private @Nullable Block growing() {
        for (Block block : blocks) {
            if (!block.over) {
                return block;
            }
        }
        return null;
    }

    /** The latest of a number that has not stopped. */
    private @Nullable Block find(int index) {
        for (var newest = blocks.descendingIterator(); newest.hasNext(); ) {
            Block block = newest.next();
            if (block.index == index && block.stop == null && !block.over) {
                return block;
            }
        }
        return null;
    }
}

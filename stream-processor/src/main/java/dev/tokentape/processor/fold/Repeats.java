package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.Envelope;

/** Tells a response that an earlier record has made known from one that this record makes known. */
final class Repeats {

    private final KnownResponses known;

    Repeats(KnownResponses known) {
        this.known = known;
    }

    /**
     * Whether an earlier record has made this response known. What the stores know may be ahead of this record, after a
     * crash: then they know of this very record, or of what follows from it.
     */
    boolean isRepeat(FoldStep step, ResponseKey key) {
        if (step.replaying()) {
            return false;
        }
        long offset = step.offset();
        IndexEntry entry = known.entry(key);
        if (entry != null && entry.first() <= offset) {
            return entry.first() < offset || !entry.isOpenAt(offset);
        }
        long terminal = known.terminalOffset(key);
        return terminal != Envelope.NONE && terminal < offset;
    }
}

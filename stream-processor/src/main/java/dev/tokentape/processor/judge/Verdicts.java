package dev.tokentape.processor.judge;

import dev.tokentape.schemas.event.TokenEvent;

/** Where verdicts are written. May block. */
@FunctionalInterface
interface Verdicts {
    void write(TokenEvent.VerdictReached verdict, int partition);
}

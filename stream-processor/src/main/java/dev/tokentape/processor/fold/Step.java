package dev.tokentape.processor.fold;

import java.util.function.Consumer;

/**
 * The folding of one journal record: where and when it stands in the journal, and who is told what follows.
 *
 * @param offset the record's journal offset
 * @param time the journal's time of the record, microseconds since 1970 UTC
 * @param replaying whether the record was folded before and only brings back what is in memory: whoever it admits was
 *     admitted, whatever it dispatches was dispatched
 * @param sink is told what follows, in order
 */
record Step(long offset, long time, boolean replaying, Consumer<Outcome> sink) {

    void say(Outcome outcome) {
        sink.accept(outcome);
    }
}

package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.event.Micros;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The folding of one journal record: where and when it stands in the journal, and who is told what follows.
 *
 * @param offset the record's journal offset
 * @param time the journal's time of the record, microseconds since 1970 UTC
 * @param replaying whether the record was folded before and only brings back what is in memory: whoever it admits was
 *     admitted, whatever it dispatches was dispatched
 * @param sink is told what follows, in order
 */
record FoldStep(long offset, long time, boolean replaying, Consumer<FoldOutcome> sink) {

    void say(FoldOutcome outcome) {
        sink.accept(outcome);
    }

    /** Tells the producers to stop a run that is not wanted, or not wanted any more. */
    void stop(ResponseKey key, String runId, String reason) {
        order(ControlType.STOP_RUN, key, runId, reason);
    }

    /** Gives the producers an order. */
    void order(ControlType type, ResponseKey key, @Nullable String runId, String reason) {
        say(new FoldOutcome.Stop(ControlCommand.newBuilder()
                .setType(type)
                .setConversationId(key.conversationId())
                .setResponseId(key.responseId())
                .setRunId(runId)
                .setReason(reason)
                .setRequestedAt(Micros.toInstant(time))
                .build()));
    }
}

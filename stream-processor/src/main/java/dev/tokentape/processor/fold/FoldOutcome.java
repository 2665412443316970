package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.event.TokenEvent;

/** One thing that follows from a journal record, to be done in the order in which the fold says it. */
public sealed interface FoldOutcome {

    /** Put an event on the tape. */
    record Publish(TokenEvent event) implements FoldOutcome {}

    /** Hand a job to the producers. */
    record Dispatch(GenerationJob job) implements FoldOutcome {}

    /** Tell the producers to stop a run. */
    record Stop(ControlCommand command) implements FoldOutcome {}

    /** Have a moderation service judge a stretch of an answer; its verdict comes back in the journal. */
    record Ask(ModerationQuestion question) implements FoldOutcome {}

    /**
     * Keep a finished turn; always said before its terminal event is published.
     *
     * @param askedOffset journal offset of the record that put its question on the tape: the order of turns
     */
    record StoreTurn(ResponseKey key, long terminalOffset, long askedOffset, Response turn) implements FoldOutcome {}

    /** Write down where in the journal a response lies. */
    record Remember(ResponseKey key, IndexEntry entry) implements FoldOutcome {}

    /** Strike a response from that index: nobody has ever asked for it. */
    record Forget(ResponseKey key) implements FoldOutcome {}

    /**
     * Take the turns of a conversation that have ended up to a journal offset out of its history, for all records
     * behind that offset. What is folded again before it must still find them, until the offset is committed.
     *
     * @param key of the deletion: its conversation, and an id of its own
     */
    record Delete(ResponseKey key, long offset) implements FoldOutcome {}

    /** Take back the report on an answer: its conversation was deleted. */
    record Retract(ResponseKey key) implements FoldOutcome {}

    /** Report a whole answer. */
    record Complete(Response response) implements FoldOutcome {}

    /** Report an answer's figures. */
    record Measured(ResponseMetrics metrics) implements FoldOutcome {}
}

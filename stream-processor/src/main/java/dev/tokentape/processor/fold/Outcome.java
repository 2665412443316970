package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.event.TokenEvent;

/** One thing that follows from a journal record, to be done in the order in which the fold says it. */
public sealed interface Outcome {

    /** Put an event on the tape. */
    record Publish(TokenEvent event) implements Outcome {}

    /** Hand a job to the producers. */
    record Dispatch(GenerationJob job) implements Outcome {}

    /** Tell the producers to stop a run. */
    record Stop(ControlCommand command) implements Outcome {}

    /** Have a moderation service judge a stretch of an answer; its verdict comes back in the journal. */
    record Ask(Question question) implements Outcome {}

    /**
     * Keep a finished turn; always said before its terminal event is published.
     *
     * @param askedOffset journal offset of the record that put its question on the tape: the order of turns
     */
    record StoreTurn(ResponseKey key, long terminalOffset, long askedOffset, Response turn) implements Outcome {}

    /** Write down where in the journal a response lies. */
    record Remember(ResponseKey key, IndexEntry entry) implements Outcome {}

    /** Strike a response from that index: nobody has ever asked for it. */
    record Forget(ResponseKey key) implements Outcome {}

    /**
     * Take the turns of a conversation that have ended up to a journal offset out of its history, for all records
     * behind that offset. What is folded again before it must still find them, until the offset is committed.
     *
     * @param key of the deletion: its conversation, and an id of its own
     */
    record Delete(ResponseKey key, long offset) implements Outcome {}

    /** Take back the report on an answer: its conversation was deleted. */
    record Retract(ResponseKey key) implements Outcome {}

    /** Report a whole answer. */
    record Complete(Response response) implements Outcome {}

    /** Report an answer's figures. */
    record Measured(ResponseMetrics metrics) implements Outcome {}
}

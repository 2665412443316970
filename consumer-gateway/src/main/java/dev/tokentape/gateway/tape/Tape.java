package dev.tokentape.gateway.tape;

import dev.tokentape.schemas.avro.Response;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The released events of all conversations, readable from any cursor. Thread-safe; never blocks. */
public interface Tape {

    /** Whether the resume window has been read back, so that readers may come. */
    boolean ready();

    /**
     * Starts a reader at a place that is fixed before this method returns: what is appended afterwards will be read.
     *
     * @param wakeUp run, on any thread, after {@link Reader#next} has returned null and there may be more; several
     *     arrivals may share one run. It must not block.
     * @throws InvalidCursorException if the request's cursor is not one of ours
     */
    Reader read(ReadRequest request, Runnable wakeUp);

    /**
     * The same for a reader that lives on a loop: its wake-up runs there, and all readers of a conversation on one loop
     * are woken by one task. Of use where a conversation has many readers.
     *
     * @throws InvalidCursorException if the request's cursor is not one of ours
     */
    default Reader read(ReadRequest request, Executor loop, Runnable wakeUp) {
        return read(request, () -> loop.execute(wakeUp));
    }

    /** An answer as far as it has come, if the segment holds it from its first event on. */
    Optional<Response> response(String conversationId, String responseId);

    /** The answers of a conversation that have begun and not ended, oldest first. */
    List<Response> open(String conversationId);

    /** How many readers of a conversation, or of an answer in it, are here now. */
    int readers(String conversationId);

    /** Whether the conversation was deleted behind the place of one of our cursors, as far as is known here. */
    boolean deletedSince(String conversationId, String cursor);

    /** The cursor of the newest event known here of a conversation: reading after it gives only what is yet to come. */
    String cursorOf(String conversationId);
}

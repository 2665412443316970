package dev.tokentape.processor.history;

import dev.tokentape.schemas.avro.Response;
import java.util.function.Predicate;

/** The finished turns of conversations, in the order in which the tape has their questions. */
@FunctionalInterface
public interface Turns {

    /**
     * Shows the turns of a conversation that ended before a journal offset, newest question first, until the visitor
     * has seen enough; none that a delete of the conversation before that offset took out of its history.
     *
     * @param visitor returns whether it wants the next older one
     */
    void newestFirst(String conversationId, long belowOffset, Predicate<Response> visitor);
}

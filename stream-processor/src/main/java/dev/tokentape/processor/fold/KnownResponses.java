package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.Turns;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the stores know of responses: the fold's read-only view of what its own outcomes have written. */
public interface KnownResponses extends Turns {

    /** Where the response lies in the journal; null if it never was, or ended long ago. */
    @Nullable
    IndexEntry entry(ResponseKey key);

    /** Journal offset of the terminal record of an ended response, however old; {@link Envelope#NONE} if it is none. */
    long terminalOffset(ResponseKey key);

    /** An ended response, if it ended before a journal offset; null if it is none. */
    default @Nullable Response turn(ResponseKey key, long belowOffset) {
        long terminal = terminalOffset(key);
        if (terminal == Envelope.NONE || terminal >= belowOffset) {
            return null;
        }
        AtomicReference<@Nullable Response> found = new AtomicReference<>();
        newestFirst(key.conversationId(), terminal + 1, turn -> {
            if (turn.getResponseId().equals(key.responseId())) {
                found.set(turn);
            }
            return found.get() == null;
        });
        return found.get();
    }
}

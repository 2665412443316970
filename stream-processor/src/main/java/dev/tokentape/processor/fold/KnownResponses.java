package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.Turns;
import dev.tokentape.schemas.event.Envelope;
import org.jspecify.annotations.Nullable;

/** What the stores know of responses: the fold's read-only view of what its own outcomes have written. */
public interface KnownResponses extends Turns {

    /** Where the response lies in the journal; null if it never was, or ended long ago. */
    @Nullable
    IndexEntry entry(ResponseKey key);

    /** Journal offset of the terminal record of an ended response, however old; {@link Envelope#NONE} if it is none. */
    long terminalOffset(ResponseKey key);
}

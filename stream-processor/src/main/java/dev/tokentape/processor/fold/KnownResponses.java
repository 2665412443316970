package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.Turns;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the stores know of responses: the fold's read-only view of what its own outcomes have written. */
public interface KnownResponses extends Turns {

    /** Where the response lies in the journal; null if it never was, or ended long ago. */
    @Nullable
    IndexEntry entry(ResponseKey key);

    /**
     * Journal offset of the terminal record of an ended response, however old, and of a deletion; {@link Envelope#NONE}
     * if it is none. Known of deleted ones too, for as long as readers may have them.
     */
    long terminalOffset(ResponseKey key);

    /** Journal offset of a conversation's latest delete before an offset, or {@link Envelope#NONE}. */
    long deletedBelow(String conversationId, long belowOffset);

    /** Shows the responses of a conversation that ended behind one journal offset and not behind another. */
    void ended(String conversationId, long afterOffset, long throughOffset, Consumer<ResponseKey> visitor);

    /** An ended response, if it ended before a journal offset and was not deleted by then; null if it is none. */
    default @Nullable Response turn(ResponseKey key, long belowOffset) {
        long terminal = terminalOffset(key);
        if (terminal == Envelope.NONE
                || terminal >= belowOffset
                || terminal <= deletedBelow(key.conversationId(), belowOffset)) {
            return null;
        }
        List<Response> found = new ArrayList<>(1);
        newestFirst(key.conversationId(), terminal + 1, turn -> {
            if (turn.getResponseId().equals(key.responseId())) {
                found.add(turn);
            }
            return found.isEmpty();
        });
        return found.isEmpty() ? null : found.getFirst();
    }
}

package dev.tokentape.processor.topology;

import dev.tokentape.schemas.event.Envelope;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** Which turns of a conversation are no longer its history, though the store still has them. */
public final class ConversationDeletes {

    private ConversationDeletes() {}

    /**
     * The conversation's turns up to this journal offset are deleted.
     *
     * @return {@link Envelope#NONE} if none is
     */
    public static long latest(ReadOnlyKeyValueStore<Bytes, byte[]> turns, String conversationId) {
        return below(turns, conversationId, Long.MAX_VALUE);
    }

    /** The same as it was for the record at a journal offset. */
    static long below(ReadOnlyKeyValueStore<Bytes, byte[]> turns, String conversationId, long belowOffset) {
        if (belowOffset <= 0) {
            return Envelope.NONE;
        }
        try (KeyValueIterator<Bytes, byte[]> newestFirst = turns.reverseRange(
                TurnKeys.deletion(conversationId, 0), TurnKeys.deletion(conversationId, belowOffset - 1))) {
            if (!newestFirst.hasNext()) {
                return Envelope.NONE;
            }
            KeyValue<Bytes, byte[]> newest = newestFirst.next();
            return TurnKeys.offsetIn(newest.key.get());
        }
    }
}

package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.ResponseKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The turns of a conversation in the order in which the tape has their questions, whichever of them ended first. */
public final class TurnOrder {

    private record Place(ResponseKey key, long terminalOffset, long askedOffset) {}

    private TurnOrder() {}

    /**
     * Keys of what ended behind one journal offset and before another, oldest question first; not each of them has a
     * turn, since deletes are among them.
     */
    public static List<Bytes> keys(
            ReadOnlyKeyValueStore<Bytes, byte[]> turns, String conversationId, long afterOffset, long belowOffset) {
        List<Place> places = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> responses =
                turns.range(TurnKeys.beforeResponses(conversationId), TurnKeys.behind(conversationId))) {
            while (responses.hasNext()) {
                KeyValue<Bytes, byte[]> response = responses.next();
                long terminal = TurnKeys.terminalOffset(response.value);
                if (terminal > afterOffset && terminal < belowOffset) {
                    places.add(new Place(
                            TurnKeys.responseOf(response.key), terminal, TurnKeys.askedOffset(response.value)));
                }
            }
        }
        places.sort(Comparator.comparingLong(Place::askedOffset).thenComparingLong(Place::terminalOffset));
        return places.stream()
                .map(place -> TurnKeys.turn(place.key(), place.terminalOffset()))
                .toList();
    }
}

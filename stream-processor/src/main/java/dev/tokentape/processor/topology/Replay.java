package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.JournalFold;
import dev.tokentape.processor.fold.Outcome;
import dev.tokentape.processor.fold.Rebuild;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.fold.TapedResponse;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replay of one partition after its assignment: reads the journal from the oldest open response to the record that
 * comes next, and puts the fold where its predecessor stood. What cannot be folded again is ended as the tape shows it.
 */
final class Replay {
    private static final Logger log = LoggerFactory.getLogger(Replay.class);

    private final FoldSettings settings;
    private final RecordReader reader;
    private final int partition;
    private final ResponseStores stores;

    Replay(FoldSettings settings, RecordReader reader, int partition, ResponseStores stores) {
        this.settings = settings;
        this.reader = reader;
        this.partition = partition;
        this.stores = stores;
    }

    /**
     * @param offset of the record that will be folded next, and to whose time what must be ended here is ended
     * @param timestamp of that record, milliseconds since 1970 UTC
     */
    void run(JournalFold fold, long offset, long timestamp, Consumer<Outcome> sink) {
        Rebuild rebuild = new Rebuild(fold, stores, offset, stores::forEachEntry);
        long from = rebuild.from();
        if (from < offset) {
            settings.partitions()
                    .readRange(
                            settings.topics().name(Topic.JOURNAL),
                            partition,
                            from,
                            offset,
                            (at, time, value) -> accept(rebuild, at, time, value));
        }
        List<Rebuild.Broken> broken = rebuild.finish();
        rebuild.repairs().forEach(sink);
        if (!broken.isEmpty()) {
            endAsTaped(broken, offset, timestamp, sink);
        }
        if (from < offset || !broken.isEmpty()) {
            log.info(
                    "Replayed: partition={} from={} to={} open={} ended={}",
                    partition,
                    from,
                    offset,
                    fold.openCount(),
                    broken.size());
        }
    }

    private void accept(Rebuild rebuild, long offset, long timestamp, byte[] value) {
        JournalEntry entry;
        try {
            entry = JournalEntry.of(reader.decode(value));
            if (settings.topics().partitionOf(entry.key().conversationId()) != partition) {
                return;
            }
        } catch (BadRecordException _) {
            // It went to the dead letters when it was first met.
            return;
        }
        rebuild.accept(offset, micros(timestamp), entry);
    }

    private void endAsTaped(List<Rebuild.Broken> broken, long offset, long timestamp, Consumer<Outcome> sink) {
        Map<ResponseKey, TapedResponse> taped = new LinkedHashMap<>();
        long since = Long.MAX_VALUE;
        for (Rebuild.Broken lost : broken) {
            log.warn(
                    "Cannot take up an answer again: conversation={} response={} reason={}",
                    lost.key().conversationId(),
                    lost.key().responseId(),
                    lost.reason());
            taped.put(lost.key(), new TapedResponse(lost));
            since = Math.min(since, lost.entry().firstTime() / 1000);
        }
        settings.partitions().readSince(settings.topics().name(Topic.TOKENS), partition, since, (_, _, value) -> {
            TokenEvent event = tokenEvent(value);
            TapedResponse response = event == null ? null : taped.get(ResponseKey.of(event.envelope()));
            if (event != null && response != null) {
                response.accept(event);
            }
        });
        taped.forEach((key, response) -> response.end(stores.terminalOffset(key), offset, micros(timestamp), sink));
    }

    /** Null for what is none: others may write to the tape's topic, and that must not stop a replay. */
    private @Nullable TokenEvent tokenEvent(byte[] value) {
        try {
            return reader.decode(value) instanceof TokenEvent event ? event : null;
        } catch (BadRecordException _) {
            return null;
        }
    }

    static long micros(long millis) {
        return millis * 1000;
    }
}

package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.FoldOutcome;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.JournalFold;
import dev.tokentape.processor.fold.Rebuild;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.fold.TapedResponse;
import dev.tokentape.processor.replay.PartitionReadException;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replay of one partition after its assignment: reads the journal from the oldest open response to the record that
 * comes next, and puts a fold where its predecessor stood. What cannot be folded again is ended as the tape shows it.
 *
 * <p>Which record comes next is known for certain only when it comes; where the group has committed, it is known at
 * once. So the reading begins at the assignment, beside the stream thread and for several partitions at a time, and is
 * done anew, on the stream thread, in the rare case that another record comes than the committed offset promised.
 */
final class Replay {
    private static final Logger log = LoggerFactory.getLogger(Replay.class);

    private final FoldSettings settings;
    private final RecordReader reader;
    private final int partition;
    private final ResponseStores stores;
    private final Supplier<JournalFold> folds;
    /** Held by whoever reads the stores beside the stream thread, so that they are not closed meanwhile. */
    private final Lock reading = new ReentrantLock();

    private @Nullable FutureTask<@Nullable Standing> ahead;
    private volatile boolean abandoned;

    /** A fold that has folded again what was open before an offset. */
    private record Standing(JournalFold fold, Rebuild rebuild, long until) {}

    /** @param folds gives folds that have folded nothing yet */
    Replay(
            FoldSettings settings,
            RecordReader reader,
            int partition,
            ResponseStores stores,
            Supplier<JournalFold> folds) {
        this.settings = settings;
        this.reader = reader;
        this.partition = partition;
        this.stores = stores;
        this.folds = folds;
    }

    /** Begins beside the stream thread, which must not write to the stores before {@link #finish}. */
    void begin(String group) {
        FutureTask<@Nullable Standing> task = new FutureTask<>(() -> readAhead(group));
        ahead = task;
        settings.replays().execute(task);
    }

    /**
     * Ends it, and waits for it where it has not come to its end.
     *
     * @param offset of the record that will be folded next, and to whose time what must be ended here is ended
     * @param timestamp of that record, milliseconds since 1970 UTC
     * @return the fold to go on with
     */
    JournalFold finish(long offset, long timestamp, Consumer<FoldOutcome> sink) {
        Standing standing = readAhead();
        if (standing == null || standing.until() != offset) {
            standing = foldedUpTo(offset);
        }
        List<Rebuild.Broken> broken = standing.rebuild().finish();
        standing.rebuild().repairs().forEach(sink);
        if (!broken.isEmpty()) {
            endAsTaped(broken, offset, timestamp, sink);
        }
        return standing.fold();
    }

    /** Gives it up, and returns when nobody reads the stores any more. */
    void abandon() {
        abandoned = true;
        if (ahead != null) {
            ahead.cancel(true);
        }
        reading.lock();
        reading.unlock();
    }

    private @Nullable Standing readAhead() {
        FutureTask<@Nullable Standing> task = ahead;
        if (task == null) {
            return null;
        }
        // Where no thread has had time for it yet, this one has.
        task.run();
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartitionReadException("interrupted while partition %d was read back".formatted(partition));
        } catch (ExecutionException e) {
            log.atWarn()
                    .addKeyValue("partition", partition)
                    .setCause(e.getCause())
                    .log("a partition was not read back, and is read again");
            return null;
        }
    }

    private @Nullable Standing readAhead(String group) {
        reading.lock();
        try {
            if (abandoned || !stores.hasOpenEntry()) {
                return null;
            }
            long until =
                    settings.partitions().committed(group, settings.topics().name(Topic.JOURNAL), partition);
            return until == Envelope.NONE ? null : foldedUpTo(until);
        } finally {
            reading.unlock();
        }
    }

    private Standing foldedUpTo(long offset) {
        long started = settings.clocks().nanos();
        JournalFold fold = folds.get();
        Rebuild rebuild = new Rebuild(fold, stores, offset, stores::forEachEntry);
        long from = rebuild.from();
        if (from < offset) {
            settings.partitions()
                    .readRange(
                            settings.topics().name(Topic.JOURNAL),
                            partition,
                            from,
                            offset,
                            (at, time, key, value) -> accept(rebuild, at, time, key, value));
            log.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("from", from)
                    .addKeyValue("to", offset)
                    .addKeyValue("open", fold.openCount())
                    .addKeyValue("ms", (settings.clocks().nanos() - started) / 1_000_000)
                    .log("a partition was read back");
        }
        return new Standing(fold, rebuild, offset);
    }

    /** Decoding is what costs, so that records of other conversations are passed over by their key. */
    private void accept(Rebuild rebuild, long offset, long timestamp, byte @Nullable [] key, byte[] value) {
        if (key == null || !rebuild.concerns(new String(key, StandardCharsets.UTF_8))) {
            return;
        }
        JournalEntry entry;
        try {
            entry = JournalEntry.of(reader.decode(value));
            reader.requireKey(key, entry.key().conversationId());
            reader.requirePartition(partition, entry.key().conversationId());
        } catch (BadRecordException _) {
            // It went to the dead letters when it was first met.
            return;
        }
        rebuild.accept(offset, micros(timestamp), entry);
    }

    private void endAsTaped(List<Rebuild.Broken> broken, long offset, long timestamp, Consumer<FoldOutcome> sink) {
        Map<ResponseKey, TapedResponse> taped = new LinkedHashMap<>();
        long since = Long.MAX_VALUE;
        for (Rebuild.Broken lost : broken) {
            log.atWarn()
                    .addKeyValue("conversation", lost.key().conversationId())
                    .addKeyValue("response", lost.key().responseId())
                    .addKeyValue("reason", lost.reason())
                    .log("cannot take up an answer again");
            taped.put(lost.key(), new TapedResponse(lost));
            since = Math.min(since, lost.entry().firstTime() / 1000);
        }
        settings.partitions().readSince(settings.topics().name(Topic.TOKENS), partition, since, (_, _, _, value) -> {
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

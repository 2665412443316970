package dev.tokentape.gateway.tape;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * All segments of this process, within one budget of bytes and one resume window.
 *
 * <p>Appending, evicting and dropping belong to the poll thread; finding and attaching to any. Chunks wait in one queue
 * for their eviction, the one appended to longest ago at the front. A batch is appended first and evicted for after, so
 * the budget may be passed by what one poll brings. A segment without entries stays as a shell, which remembers how far
 * its conversation was read, until the window has passed too, or too many shells are there.
 */
final class SegmentStore {

    private static final int WINDOW_SAMPLES = 60;
    private static final int SHELL_BYTES = 1_024;

    private final TapeConfig config;
    private final TapeMetrics metrics;
    private final ConcurrentHashMap<String, Segment> segments = new ConcurrentHashMap<>();
    private final WakeUps wakeUps = new WakeUps();
    private final Set<Segment> touched = new LinkedHashSet<>();
    private final Set<Segment> holed = new LinkedHashSet<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private final Deque<Shell> shells = new ArrayDeque<>();
    private final Queue<Segment> left = new ConcurrentLinkedQueue<>();
    private volatile Log log = new Log(0, new long[0], new long[0]);
    /** Written by the poll thread alone. */
    private volatile long bytes;

    /**
     * The log under the segments.
     *
     * @param start per partition, the first offset read
     * @param joinedAt per partition, the log's time there in seconds since 1970; -1 where nothing lies before
     */
    private record Log(
            long epoch,
            long[] start,
            long[] joinedAt,
            AtomicLongArray live,
            AtomicLongArray dropped,
            List<Deque<Sample>> samples) {

        Log(long epoch, long[] start, long[] joinedAt) {
            this(
                    epoch,
                    start,
                    joinedAt,
                    new AtomicLongArray(start),
                    new AtomicLongArray(start.length),
                    new ArrayList<>());
            for (int partition = 0; partition < start.length; partition++) {
                dropped.set(partition, -1);
                samples.add(new ArrayDeque<>(List.of(new Sample(Long.MIN_VALUE, start[partition]))));
            }
        }
    }

    private record Sample(long millis, long offset) {}

    private record Held(Segment segment, EntryLog.Chunk chunk, long newestOffset) {}

    private record Shell(Segment segment, long position, long since) {}

    SegmentStore(TapeConfig config, TapeMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
    }

    /** Begins with a log, or with another one: then all that was held is lost, and its readers are told. */
    void begin(long epoch, long[] start, long[] joinedAt) {
        log = new Log(epoch, start.clone(), joinedAt.clone());
        held.clear();
        shells.clear();
        touched.clear();
        holed.clear();
        bytes = 0;
        for (String conversationId : segments.keySet()) {
            Segment segment = segments.remove(conversationId);
            if (segment != null) {
                segment.lose();
            }
        }
    }

    /** Appends a record that was just read; readers are woken by {@link #published}. */
    void append(int partition, TapeRecord record, long nanos) {
        String conversationId = record.event().envelope().conversationId();
        Segment segment = segments.get(conversationId);
        if (segment == null) {
            segment = segments.computeIfAbsent(conversationId, id -> create(id, partition));
        }
        long before = segment.bytes();
        hold(segment, segment.append(record, nanos));
        if (segment.hasHoles()) {
            holed.add(segment);
            giveUpOverdue(segment, nanos);
        }
        grow(segment.bytes() - before);
        touched.add(segment);
    }

    /** Every record of the partition before this offset has been appended; its readers may now look. */
    void published(int partition, long nextOffset) {
        log.live.set(partition, nextOffset);
    }

    /** Wakes the readers of what was appended, then makes room. */
    void flush(long millis) {
        touched.forEach(segment -> segment.waiters().wake(wakeUps));
        wakeUps.send();
        touched.clear();
        evict(millis);
    }

    /** What time alone brings: holes given up, the window moving on, segments that nobody needs. */
    void tick(long millis, long nanos) {
        for (Segment segment : new ArrayList<>(holed)) {
            long before = segment.bytes();
            giveUpOverdue(segment, nanos);
            grow(segment.bytes() - before);
        }
        sample(millis);
        flush(millis);
        dropShells(millis);
    }

    /** The segment of a conversation with a reader added to it, made if there is none. */
    Segment attach(String conversationId, int partition, Waiter waiter) {
        return Objects.requireNonNull(segments.compute(conversationId, (id, found) -> {
            Segment segment = found == null ? create(id, partition) : found;
            segment.waiters().add(waiter);
            return segment;
        }));
    }

    void detach(Segment segment, Waiter waiter) {
        segment.waiters().remove(waiter);
        if (segment.log().last() == null && segment.waiters().isEmpty()) {
            left.add(segment);
        }
    }

    @Nullable
    Segment find(String conversationId) {
        return segments.get(conversationId);
    }

    long epoch() {
        return log.epoch;
    }

    /** The partition's next offset: all before has been appended. */
    long live(int partition) {
        return log.live.get(partition);
    }

    /** The oldest offset within the resume window, as far as is known here. */
    long windowStart(int partition, long millis) {
        Deque<Sample> samples = log.samples.get(partition);
        long windowStart = millis - config.resumeWindow().toMillis();
        synchronized (samples) {
            long offset = samples.getFirst().offset();
            for (Sample sample : samples) {
                if (sample.millis() > windowStart) {
                    break;
                }
                offset = sample.offset();
            }
            return offset;
        }
    }

    /** Expectations of one who joins this partition where the log begins for this process. */
    Expectations joining(int partition) {
        long joinedAt = log.joinedAt[partition];
        return joinedAt < 0 ? Expectations.complete() : Expectations.joinedAt(joinedAt);
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return segments.size();
    }

    private Segment create(String conversationId, int partition) {
        Log current = log;
        long coveredFrom = Math.max(current.start[partition], current.dropped.get(partition) + 1);
        return new Segment(conversationId, partition, current.epoch, coveredFrom, joining(partition), config);
    }

    private void hold(Segment segment, EntryLog.@Nullable Chunk begun) {
        if (begun != null) {
            held.add(new Held(segment, begun, begun.newestOffset()));
        }
    }

    private void giveUpOverdue(Segment segment, long nanos) {
        List<EntryLog.Chunk> begun = segment.giveUpOverdue(nanos);
        begun.forEach(chunk -> hold(segment, chunk));
        touched.add(segment);
        if (!segment.hasHoles()) {
            holed.remove(segment);
        }
    }

    private void evict(long millis) {
        long windowStart = millis - config.resumeWindow().toMillis();
        Held oldest;
        while ((oldest = held.peekFirst()) != null) {
            EntryLog.Chunk chunk = oldest.chunk();
            boolean over = bytes > config.segmentBytes();
            if (!over && chunk.newestTimestamp() >= windowStart && chunk.newestOffset() == oldest.newestOffset()) {
                return;
            }
            held.removeFirst();
            if (chunk.newestOffset() != oldest.newestOffset()) {
                // Appended to since it was queued: it is younger than its place here says.
                held.addLast(new Held(oldest.segment(), chunk, chunk.newestOffset()));
            } else {
                evictFirst(oldest.segment(), windowStart, millis);
            }
        }
    }

    private void evictFirst(Segment segment, long windowStart, long millis) {
        long before = segment.bytes();
        segment.evictFirst(windowStart);
        grow(segment.bytes() - before);
        metrics.evicted();
        if (segment.log().first() == null) {
            shells.add(new Shell(segment, segment.log().end(), millis));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void grow(long by) {
        bytes += by;
    }

    private void sample(long millis) {
        long apart = config.resumeWindow().toMillis() / WINDOW_SAMPLES;
        for (int partition = 0; partition < log.start.length; partition++) {
            Deque<Sample> samples = log.samples.get(partition);
            synchronized (samples) {
                if (millis - samples.getLast().millis() >= apart || samples.size() == 1) {
                    samples.addLast(new Sample(millis, log.live.get(partition)));
                }
                while (samples.size() > WINDOW_SAMPLES * 2) {
                    samples.removeFirst();
                }
            }
        }
    }

    private void dropShells(long millis) {
        Segment empty;
        while ((empty = left.poll()) != null) {
            Segment candidate = empty;
            segments.computeIfPresent(
                    candidate.conversationId(),
                    (_, found) -> found == candidate
                                    && found.log().last() == null
                                    && found.waiters().isEmpty()
                            ? null
                            : found);
        }
        long keep = Math.max(config.resumeWindow().toMillis(), Expectations.ENDED_MEMORY_SECONDS * 1_000);
        long most = Math.max(64, config.segmentBytes() / SHELL_BYTES);
        for (int looks = shells.size(); looks > 0; looks--) {
            Shell shell = Objects.requireNonNull(shells.peekFirst());
            boolean crowded = shells.size() > most;
            if (!crowded && millis - shell.since() < keep) {
                return;
            }
            shells.removeFirst();
            drop(shell, millis, crowded);
        }
    }

    private void drop(Shell shell, long millis, boolean crowded) {
        Segment segment = shell.segment();
        if (segment.lost() || segment.log().end() != shell.position()) {
            return;
        }
        boolean open = segment.views().anyMatch(view -> !view.ended());
        boolean kept = open && !crowded && millis - shell.since() < Expectations.OPEN_MEMORY_SECONDS * 1_000;
        long lastOffset = segment.coveredFrom() - 1;
        // Known as dropped before it is gone, so that whoever makes it anew starts behind what is no longer known.
        long before = log.dropped.get(segment.partition());
        if (!kept) {
            log.dropped.set(segment.partition(), Math.max(before, lastOffset));
        }
        Segment remaining = segments.computeIfPresent(
                segment.conversationId(),
                (_, found) -> found == segment && !kept && found.waiters().isEmpty() ? null : found);
        if (remaining == segment) {
            shells.addLast(new Shell(segment, shell.position(), shell.since()));
        } else {
            grow(-segment.bytes());
        }
    }

    @Override
    public String toString() {
        return "SegmentStore[segments=%d, bytes=%d, starts=%s]".formatted(size(), bytes, Arrays.toString(log.start));
    }
}

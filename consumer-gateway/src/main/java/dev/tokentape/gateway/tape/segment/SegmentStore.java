package dev.tokentape.gateway.tape.segment;

import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.cursor.Expectations;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.wake.Waiter;
import dev.tokentape.gateway.tape.wake.WakeUps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All segments of this process, within one budget of bytes and one resume window.
 *
 * <p>Chunks wait in one queue for their eviction, the one appended to longest ago at the front. A batch is appended
 * first and evicted for after, so the budget may be passed by what one poll brings. A segment without entries stays as
 * a shell, which remembers how far its conversation was read, until the window has passed too, or too many shells are
 * there.
 *
 * <h2>Who writes, who reads, and in what order things become visible</h2>
 *
 * <p>One thread writes: it begins logs, appends, evicts and drops. Any number read, and nobody locks. Every single read
 * is safe, since what is read is a volatile or an immutable value. Two reads are not: between them the writer goes on.
 * A reader that looks a record up ("not here yet") and asks afterwards where the segment ends, stands behind whatever
 * was appended in between, and misses it for good. Hence the rule: <b>what belongs together is read at once, or in the
 * reverse of the order in which it is written</b>. The writer makes visible, in this order:
 *
 * <ol>
 *   <li>The log ({@link #begin}): partitions and an empty map of segments, as one value; then the segments of the log
 *       before are lost. A segment keeps its partition, and with it the epoch and the live offset of its own log, so
 *       that a cursor never mixes two. Who {@link #attach attaches} looks afterwards whether the log is still the same,
 *       and attaches again if not: nobody waits unnoticed in a segment of a log that is gone.
 *   <li>An entry ({@link Segment#append}): first the assembled answer and where the conversation begins or was deleted,
 *       then the entry in its chunk, then the {@link EntryLog.Span}: first chunk, last entry, how far was evicted, in
 *       one immutable value. The span is the publication; what an entry needs was written before it.
 *   <li>The live offset ({@link #published}): everything before it is in a span by now, or was evicted from one.
 *   <li>The wake-up ({@link #flush}), after all of that.
 *   <li>An eviction, last: first the span that no longer has the chunk, then the chunk lets its entries go.
 * </ol>
 *
 * <p>A reader goes the other way. It attaches before it looks, and arms itself before it looks for the last time, so
 * that a wake-up for anything later finds it. Then {@link Segment#extent} reads the live offset, <i>the end, first</i>,
 * and the span after it. The span is then at least as new as the end: a record before the end is in it, or was evicted
 * from it, or does not exist; and a record that came in between is in the span too, merely beyond the end that was
 * read. Were the span read first, a record could come after it and before the end, and would count as passed though
 * nobody had seen it. That is why a reader that reads the end first never misses a record. All questions (where does
 * the log end, what is the first entry from this offset on, does the segment reach so far back, should the record be
 * here by now) are asked of that one extent.
 *
 * <p>An extent may be old a moment later, which does no harm: the place found in it is at or before the right one, and
 * where an entry was evicted since, its chunk is found empty (5) and the entry is asked for elsewhere.
 *
 * <p>Two things are ahead of the span, never behind it: assembled answers (2), and history, since the processor stores
 * an answer before it publishes its end. Who tells of them therefore takes its place on the tape first and reads them
 * after, and passes over what they have already told. Who asks whether an answer has begun takes its place first too:
 * what it does not find then comes behind that place.
 *
 * <p>{@code InterleavingTest} writes before every single one of these reads, in turn; {@link ReadHook} is its way in.
 */
public final class SegmentStore {

    private static final int SHELL_BYTES = 1_024;

    private final TapeConfig config;
    private final TapeMetrics metrics;
    private final ReadHook hook;
    private final WakeUps wakeUps = new WakeUps();
    private final Set<Segment> touched = new LinkedHashSet<>();
    private final Set<Segment> holed = new LinkedHashSet<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private final Deque<Shell> shells = new ArrayDeque<>();
    private final Queue<Segment> left = new ConcurrentLinkedQueue<>();
    private volatile Log log = new Log(0, List.of(), new ConcurrentHashMap<>());
    private volatile boolean ready;

    /** Written by the poll thread alone. */
    private volatile long bytes;

    /** The log under the segments, and the segments over it. */
    private record Log(long epoch, List<TapePartition> partitions, ConcurrentHashMap<String, Segment> segments) {}

    private record Held(Segment segment, EntryLog.Chunk chunk, long newestOffset) {}

    private record Shell(Segment segment, long position, long since) {}

    public SegmentStore(TapeConfig config, TapeMetrics metrics) {
        this(config, metrics, ReadHook.NONE);
    }

    public SegmentStore(TapeConfig config, TapeMetrics metrics, ReadHook hook) {
        this.hook = hook;
        this.config = config;
        this.metrics = metrics;
    }

    /**
     * Begins with a log, or with another one: then all that was held is lost, and its readers are told.
     *
     * @param start per partition, the first offset read
     * @param joinedAt per partition, the log's time there in seconds since 1970; -1 where nothing lies before
     */
    public void begin(long epoch, long[] start, long[] joinedAt) {
        List<TapePartition> partitions = IntStream.range(0, start.length)
                .mapToObj(number -> new TapePartition(epoch, number, start[number], joinedAt[number], hook))
                .toList();
        Log before = log;
        log = new Log(epoch, partitions, new ConcurrentHashMap<>());
        held.clear();
        shells.clear();
        touched.clear();
        holed.clear();
        bytes = 0;
        before.segments.values().forEach(Segment::lose);
    }

    /** Whether the resume window has been read back, so that readers find in the segments what they may ask for. */
    public boolean ready() {
        return ready;
    }

    /** Says so, or takes it back. */
    public void ready(boolean readBack) {
        ready = readBack;
    }

    /** Appends a record that was just read; readers are woken by {@link #published}. */
    public void append(int partition, TapeRecord record, long nanos) {
        String conversationId = record.event().envelope().conversationId();
        Log current = log;
        Segment segment = current.segments.get(conversationId);
        if (segment == null) {
            segment = current.segments.computeIfAbsent(conversationId, id -> create(id, partition, current));
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
    public void published(int partition, long nextOffset) {
        log.partitions.get(partition).published(nextOffset);
    }

    /** Wakes the readers of what was appended, then makes room. */
    public void flush(long millis) {
        touched.forEach(segment -> segment.waiters().wake(wakeUps));
        wakeUps.send();
        touched.clear();
        evict(millis);
    }

    /** What time alone brings: holes given up, the window moving on, segments that nobody needs. */
    public void tick(long millis, long nanos) {
        for (Segment segment : new ArrayList<>(holed)) {
            long before = segment.bytes();
            giveUpOverdue(segment, nanos);
            grow(segment.bytes() - before);
        }
        long window = config.resumeWindow().toMillis();
        log.partitions.forEach(partition -> partition.sample(millis, window));
        flush(millis);
        dropShells(millis);
    }

    /** The segment of a conversation with a reader added to it, made if there is none. */
    public Segment attach(String conversationId, int partition, Waiter waiter) {
        while (true) {
            Log current = current();
            Segment attached = Objects.requireNonNull(current.segments.compute(conversationId, (id, found) -> {
                Segment segment = found == null ? create(id, partition, current) : found;
                segment.waiters().add(waiter);
                return segment;
            }));
            if (current() == current) {
                return attached;
            }
            attached.waiters().remove(waiter);
        }
    }

    public void detach(Segment segment, Waiter waiter) {
        segment.waiters().remove(waiter);
        if (segment.isEmpty() && segment.waiters().isEmpty()) {
            left.add(segment);
        }
    }

    @Nullable
    public Segment find(String conversationId) {
        return current().segments.get(conversationId);
    }

    /** A cursor behind all that is known here of a conversation. */
    public String tail(String conversationId, int partition) {
        Log current = current();
        long live = current.partitions.get(partition).live();
        Segment segment = current.segments.get(conversationId);
        SegmentEntry last = segment == null ? null : segment.extent().last();
        if (last == null) {
            return current.partitions.get(partition).nowhere(conversationId, live - 1);
        }
        String newest = last.frame().cursor();
        return last.offset() >= live - 1
                ? newest
                : Cursor.parse(newest).passing(live - 1).text();
    }

    /** The partition's next offset: all before has been appended. */
    public long live(int partition) {
        return current().partitions.get(partition).live();
    }

    /** The oldest offset within the resume window, as far as is known here. */
    public long windowStart(int partition, long millis) {
        return current()
                .partitions
                .get(partition)
                .offsetAt(millis - config.resumeWindow().toMillis());
    }

    public long bytes() {
        return bytes;
    }

    public int size() {
        return log.segments.size();
    }

    private Log current() {
        hook.reading();
        return log;
    }

    private Segment create(String conversationId, int partition, Log current) {
        return new Segment(conversationId, current.partitions.get(partition), config, hook);
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
        if (segment.isEvicted()) {
            shells.add(new Shell(segment, segment.end(), millis));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void grow(long by) {
        bytes += by;
    }

    private void dropShells(long millis) {
        Segment empty;
        while ((empty = left.poll()) != null) {
            Segment candidate = empty;
            log.segments.computeIfPresent(
                    candidate.conversationId(),
                    (_, found) -> found == candidate
                                    && found.isEmpty()
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
        if (segment.lost() || segment.end() != shell.position()) {
            return;
        }
        boolean open = segment.views().anyMatch(view -> !view.ended());
        boolean kept = open && !crowded && millis - shell.since() < Expectations.OPEN_MEMORY_SECONDS * 1_000;
        long lastOffset = segment.coveredFrom() - 1;
        // Known as dropped before it is gone, so that whoever makes it anew starts behind what is no longer known.
        if (!kept) {
            segment.partition().drop(lastOffset);
        }
        Segment remaining = log.segments.computeIfPresent(
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
        return "SegmentStore[segments=%d, bytes=%d, partitions=%s]".formatted(size(), bytes, log.partitions);
    }
}

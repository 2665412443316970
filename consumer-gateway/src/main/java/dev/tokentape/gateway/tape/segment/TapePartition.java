package dev.tokentape.gateway.tape.segment;

import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.cursor.Expectations;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One partition of one log, as far as this process has read it. A topic that is made anew is another log, with other
 * partitions. The poll thread writes, any thread reads.
 */
public final class TapePartition {

    private static final int WINDOW_SAMPLES = 60;

    private record Sample(long millis, long offset) {}

    private final long epoch;
    private final int number;
    private final long start;
    private final long joinedAt;
    private final ReadHook hook;
    private final Deque<Sample> samples;
    private volatile long live;
    private volatile long dropped = -1;

    /**
     * @param epoch which log
     * @param start the first offset read
     * @param joinedAt the log's time there in seconds since 1970; -1 where nothing lies before
     */
    TapePartition(long epoch, int number, long start, long joinedAt, ReadHook hook) {
        this.epoch = epoch;
        this.number = number;
        this.start = start;
        this.joinedAt = joinedAt;
        this.hook = hook;
        this.live = start;
        this.samples = new ArrayDeque<>(List.of(new Sample(Long.MIN_VALUE, start)));
    }

    long epoch() {
        return epoch;
    }

    public int number() {
        return number;
    }

    /** The next offset: all before has been appended. */
    long live() {
        hook.reading();
        return live;
    }

    void published(long nextOffset) {
        live = nextOffset;
    }

    /** From this offset on every record is held, or will be, by a segment that is made now. */
    long held() {
        return Math.max(start, dropped + 1);
    }

    /** Records of some conversation up to this offset are held by no segment any more; for the poll thread. */
    void drop(long through) {
        dropped = Math.max(dropped, through);
    }

    /** Expectations of one who joins where the log begins for this process. */
    Expectations joining() {
        return joinedAt < 0 ? Expectations.complete() : Expectations.joinedAt(joinedAt);
    }

    /** A cursor for a place before which a conversation has nothing that is known here. */
    public String nowhere(String conversationId, long offset) {
        return Cursor.text(
                Cursor.Kind.PLACE, epoch, number, Cursor.conversationHash(conversationId), offset, joining());
    }

    /** The oldest offset that was read at this time or later, as far as is known here. */
    long offsetAt(long millis) {
        hook.reading();
        synchronized (samples) {
            long offset = samples.getFirst().offset();
            for (Sample sample : samples) {
                if (sample.millis() > millis) {
                    break;
                }
                offset = sample.offset();
            }
            return offset;
        }
    }

    /** Notes how far it has been read by now, at most so often that the window is known to a sixtieth. */
    void sample(long millis, long windowMillis) {
        synchronized (samples) {
            if (millis - samples.getLast().millis() >= windowMillis / WINDOW_SAMPLES || samples.size() == 1) {
                samples.addLast(new Sample(millis, live));
            }
            while (samples.size() > WINDOW_SAMPLES * 2) {
                samples.removeFirst();
            }
        }
    }

    @Override
    public String toString() {
        return "%d from %d".formatted(number, start);
    }
}

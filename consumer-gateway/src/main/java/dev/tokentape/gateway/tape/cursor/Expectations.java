package dev.tokentape.gateway.tape.cursor;

import java.util.Arrays;

/**
 * What has been read of one conversation: per response its last sequence. It decides for every record of the log
 * whether it is the next event of its response, and so makes each event count exactly once.
 *
 * <p>It is a fold over the log: two of them that agree at one offset agree for ever, on whichever gateway. That is why
 * a reader whose expectations equal those of the segment needs none of its own (see {@code EntryJudge}), and why a
 * cursor carries them.
 *
 * <p>Responses are known by fingerprint. Ended ones are remembered for {@link #ENDED_MEMORY_SECONDS} of the log's own
 * time, because a crashed processor repeats what it had published since its last commit, ended answers included; open
 * ones for {@link #OPEN_MEMORY_SECONDS} after their last event, longer than any answer may last. The log's time moves
 * with new events only, so however late a repeat comes, what it repeats is still known.
 *
 * <p>Who starts in the middle of the log knows nothing of answers begun before. Until {@code completeFrom} (log time)
 * an unknown response is therefore taken up where it is first seen; later it must begin with its first event, and
 * anything else is {@link Judgement#EARLY}. No answer is silent for {@link #SILENCE_SECONDS}, so by then all open ones
 * have been seen.
 *
 * <p>At most {@link #MOST_RESPONSES} are kept, so cursors are bounded; beyond, ended before open ones, the one silent
 * for the longest is forgotten, and if the processor then repeats that one, readers see the repeat as a new answer. Not
 * thread-safe.
 */
public final class Expectations {

    static final int MOST_RESPONSES = 32;
    public static final long ENDED_MEMORY_SECONDS = 300;
    public static final long OPEN_MEMORY_SECONDS = 3_600;
    static final long SILENCE_SECONDS = 120;

    /** What a record is to the one who reads it. */
    public enum Judgement {
        /** The next event of its response: to be shown. */
        NEXT,
        /** Seen before. */
        REPEAT,
        /** Something before it is missing; the processor's rewind will bring both. */
        EARLY
    }

    private int size;
    private long[] responses = new long[2];
    private long[] last = new long[2];
    private long[] touched = new long[2];
    private boolean[] ended = new boolean[2];
    private long time;
    private final long completeFrom;

    private Expectations(long time, long completeFrom) {
        this.time = time;
        this.completeFrom = completeFrom;
    }

    /** Of someone who knows that nothing is open. */
    public static Expectations complete() {
        return new Expectations(0, 0);
    }

    /** Of someone who joins the log in the middle, at a time in seconds since 1970 by the log's records. */
    public static Expectations joinedAt(long seconds) {
        return new Expectations(seconds, seconds + SILENCE_SECONDS);
    }

    /** As carried by a cursor; responses follow by {@link #restore}. */
    static Expectations restored(long time, long incompleteSeconds) {
        return new Expectations(time, time + incompleteSeconds);
    }

    void restore(long response, long lastSequence, boolean hasEnded, long age) {
        int i = add(response);
        last[i] = lastSequence;
        ended[i] = hasEnded;
        touched[i] = time - age;
    }

    public Expectations copy() {
        Expectations copy = new Expectations(time, completeFrom);
        copy.size = size;
        copy.responses = responses.clone();
        copy.last = last.clone();
        copy.touched = touched.clone();
        copy.ended = ended.clone();
        return copy;
    }

    /**
     * Judges the log's next record, and if it is the next of its response, takes it as read.
     *
     * @param seconds when it was published, since 1970
     */
    public Judgement judge(long response, long sequence, boolean terminal, long seconds) {
        int i = indexOf(response);
        if (i < 0) {
            if (sequence > 0 && Math.max(time, seconds) >= completeFrom) {
                return Judgement.EARLY;
            }
        } else if (ended[i] || sequence <= last[i]) {
            return Judgement.REPEAT;
        } else if (sequence > last[i] + 1) {
            return Judgement.EARLY;
        }
        jump(response, sequence, terminal, seconds);
        return Judgement.NEXT;
    }

    /** Takes everything up to a sequence as read, whether it was or not. */
    public void jump(long response, long sequence, boolean terminal, long seconds) {
        int i = indexOf(response);
        if (i < 0) {
            i = add(response);
        }
        time = Math.max(time, seconds);
        last[i] = sequence;
        ended[i] = terminal;
        touched[i] = time;
        forgetOld();
    }

    /** The last sequence read; -1 for a response not known. */
    public long lastOf(long response) {
        int i = indexOf(response);
        return i < 0 ? -1 : last[i];
    }

    /** Whether the response is known to have ended, and was read to its end. */
    public boolean ended(long response) {
        int i = indexOf(response);
        return i >= 0 && ended[i];
    }

    /** Whether one with these expectations may go by {@code other} from here on, and read the same. */
    public boolean mayFollow(Expectations other) {
        if (size != other.size || (isComplete() && !other.isComplete())) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            int j = other.indexOf(responses[i]);
            if (j < 0 || other.last[j] != last[i] || other.ended[j] != ended[i]) {
                return false;
            }
        }
        return true;
    }

    int size() {
        return size;
    }

    /** Newest time of a record read, seconds since 1970. */
    public long time() {
        return time;
    }

    /** How many seconds of log time must pass until every open response has been seen; 0 if all are known. */
    long incompleteSeconds() {
        return Math.max(0, completeFrom - time);
    }

    private boolean isComplete() {
        return time >= completeFrom;
    }

    long responseAt(int index) {
        return responses[index];
    }

    long lastAt(int index) {
        return last[index];
    }

    boolean endedAt(int index) {
        return ended[index];
    }

    long ageAt(int index) {
        return time - touched[index];
    }

    private int indexOf(long response) {
        for (int i = 0; i < size; i++) {
            if (responses[i] == response) {
                return i;
            }
        }
        return -1;
    }

    private int add(long response) {
        if (size == MOST_RESPONSES) {
            remove(longestSilent());
        }
        if (size == responses.length) {
            int larger = Math.min(MOST_RESPONSES, size * 2);
            responses = Arrays.copyOf(responses, larger);
            last = Arrays.copyOf(last, larger);
            touched = Arrays.copyOf(touched, larger);
            ended = Arrays.copyOf(ended, larger);
        }
        responses[size] = response;
        return size++;
    }

    private void forgetOld() {
        for (int i = size - 1; i >= 0; i--) {
            if (time - touched[i] > (ended[i] ? ENDED_MEMORY_SECONDS : OPEN_MEMORY_SECONDS)) {
                remove(i);
            }
        }
    }

    private int longestSilent() {
        int found = 0;
        for (int i = 1; i < size; i++) {
            if (ended[i] != ended[found] ? ended[i] : touched[i] < touched[found]) {
                found = i;
            }
        }
        return found;
    }

    private void remove(int index) {
        int after = size - index - 1;
        System.arraycopy(responses, index + 1, responses, index, after);
        System.arraycopy(last, index + 1, last, index, after);
        System.arraycopy(touched, index + 1, touched, index, after);
        System.arraycopy(ended, index + 1, ended, index, after);
        size--;
    }
}

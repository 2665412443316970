package dev.tokentape.processor.moderation.match;

import java.util.Arrays;

/** The places where a match may have begun, earliest first, each with the state it has come to since. */
final class LiveStarts {

    private long[] starts = new long[16];
    private int[] states = new int[16];
    private int count;

    int count() {
        return count;
    }

    long start(int i) {
        return starts[i];
    }

    int state(int i) {
        return states[i];
    }

    void add(long start, int state) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            states = Arrays.copyOf(states, count * 2);
        }
        set(count++, start, state);
    }

    void set(int i, long start, int state) {
        starts[i] = start;
        states[i] = state;
    }

    void truncate(int newCount) {
        count = newCount;
    }
}

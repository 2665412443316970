package dev.tokentape.processor.moderation.match;

import java.util.Arrays;

/** An automaton's edges, (state, symbol) to state: one open-addressed table, with a row for state 0 on ASCII. */
final class TransitionTable {

    static final int NONE = -1;

    private static final int SYMBOL_BITS = 21;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final int[] asciiOfStart = new int[128];
    private long[] keys = new long[64];
    private int[] targets = new int[64];
    private int shift = 64 - 6;
    private int size;

    TransitionTable() {
        Arrays.fill(asciiOfStart, NONE);
    }

    int get(int state, int symbol) {
        if (state == 0 && symbol < 128) {
            return asciiOfStart[symbol];
        }
        long key = ((long) state << SYMBOL_BITS | symbol) + 1;
        int slot = (int) (key * SPREAD >>> shift);
        while (true) {
            long found = keys[slot];
            if (found == key) {
                return targets[slot];
            }
            if (found == 0) {
                return NONE;
            }
            slot = slot + 1 & keys.length - 1;
        }
    }

    void put(int state, int symbol, int target) {
        if (state == 0 && symbol < 128) {
            asciiOfStart[symbol] = target;
            return;
        }
        if (++size * 2 > keys.length) {
            grow();
        }
        insert(((long) state << SYMBOL_BITS | symbol) + 1, target);
    }

    private void insert(long key, int target) {
        int slot = (int) (key * SPREAD >>> shift);
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        keys[slot] = key;
        targets[slot] = target;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldTargets = targets;
        keys = new long[oldKeys.length * 2];
        targets = new int[keys.length];
        shift--;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                insert(oldKeys[i], oldTargets[i]);
            }
        }
    }
}

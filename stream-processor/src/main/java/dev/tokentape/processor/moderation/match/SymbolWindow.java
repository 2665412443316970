package dev.tokentape.processor.moderation.match;

/** A block's latest symbols in one reading, each with the raw text it was read from. Rings that grow. */
final class SymbolWindow {

    private int[] symbols = new int[64];
    private long[] starts = new long[64];
    private long[] ends = new long[64];
    private int mask = 63;
    private long oldest;
    private long next;

    /** The index that the next symbol will have. */
    long next() {
        return next;
    }

    boolean isFull() {
        return next - oldest == symbols.length;
    }

    void add(int symbol, long rawStart, long rawEnd) {
        if (isFull()) {
            grow();
        }
        int slot = (int) next++ & mask;
        symbols[slot] = symbol;
        starts[slot] = rawStart;
        ends[slot] = rawEnd;
    }

    int symbol(long index) {
        return symbols[(int) index & mask];
    }

    long rawStart(long index) {
        return starts[(int) index & mask];
    }

    long rawEnd(long index) {
        return ends[(int) index & mask];
    }

    /** Symbols before this index will not be asked for again. */
    void forgetBefore(long index) {
        oldest = Math.max(oldest, index);
    }

    /** The symbols of a stretch as text. */
    String text(long start, long end) {
        StringBuilder text = new StringBuilder((int) (end - start));
        for (long i = start; i < end; i++) {
            text.appendCodePoint(symbol(i));
        }
        return text.toString();
    }

    private void grow() {
        int[] oldSymbols = symbols;
        long[] oldStarts = starts;
        long[] oldEnds = ends;
        int oldMask = mask;
        symbols = new int[oldSymbols.length * 2];
        starts = new long[symbols.length];
        ends = new long[symbols.length];
        mask = symbols.length - 1;
        for (long i = oldest; i < next; i++) {
            symbols[(int) i & mask] = oldSymbols[(int) i & oldMask];
            starts[(int) i & mask] = oldStarts[(int) i & oldMask];
            ends[(int) i & mask] = oldEnds[(int) i & oldMask];
        }
    }
}

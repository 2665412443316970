package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.pattern.PlainPattern;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Ranges of symbols that no pattern tells apart, numbered. */
final class SymbolClasses {

    private static final int LATIN = 256;

    private final int[] firsts;
    private final int[] latin = new int[LATIN];
    private final int boundary;

    /** @param points where a new range begins */
    SymbolClasses(NavigableSet<Integer> points) {
        TreeSet<Integer> all = new TreeSet<>(points.headSet((int) Character.MAX_VALUE, true));
        all.add(0);
        all.add((int) PlainPattern.BEYOND);
        all.add((int) PlainPattern.BOUNDARY);
        firsts = all.stream().mapToInt(Integer::intValue).toArray();
        for (int i = 0; i < LATIN; i++) {
            latin[i] = search(i);
        }
        boundary = search(PlainPattern.BOUNDARY);
    }

    int count() {
        return firsts.length;
    }

    int boundary() {
        return boundary;
    }

    char representative(int number) {
        return (char) firsts[number];
    }

    /** The range of an edge's end: a symbol, or one of the marks that stand for others. */
    int ofEdge(char edge) {
        return search(edge);
    }

    int of(int symbol) {
        return symbol < LATIN ? latin[symbol] : search(Math.min(symbol, PlainPattern.BEYOND));
    }

    private int search(int symbol) {
        int found = Arrays.binarySearch(firsts, symbol);
        return found >= 0 ? found : -found - 2;
    }
}

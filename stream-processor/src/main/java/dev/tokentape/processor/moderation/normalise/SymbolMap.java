package dev.tokentape.processor.moderation.normalise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A string homomorphism: reads each code point, whatever stands around it, as nothing, one symbol or several.
 *
 * <p>That it knows no context is what lets a stream be cut anywhere. Pages of 256 code points are worked out when the
 * first of them is met. Thread-safe.
 */
public final class SymbolMap {

    /** Read as nothing. */
    public static final int NOTHING = -1;

    private static final int FIRST_EXPANSION = -2;
    private static final int PAGE_BITS = 8;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;

    private final IntFunction<int[]> reading;
    /** A thread that misses another's page computes an equal one; final fields keep pages whole. */
    private final @Nullable Page[] pages = new Page[(Character.MAX_CODE_POINT + 1) >> PAGE_BITS];

    private final int[] latin;

    private record Page(int[] symbols, List<int[]> expansions) {}

    SymbolMap(IntFunction<int[]> reading) {
        this.reading = reading;
        this.latin = page(0).symbols;
    }

    /** The one symbol of a code point, or {@link #NOTHING}, or less if there are several. */
    public int lookup(int codePoint) {
        return codePoint < PAGE_SIZE
                ? latin[codePoint]
                : page(codePoint >> PAGE_BITS).symbols[codePoint & PAGE_SIZE - 1];
    }

    /** The symbols of a code point for which {@link #lookup} gave less than {@link #NOTHING}. */
    public int[] expansion(int codePoint) {
        Page page = page(codePoint >> PAGE_BITS);
        return page.expansions.get(FIRST_EXPANSION - page.symbols[codePoint & PAGE_SIZE - 1]);
    }

    /** A text's symbols. */
    public int[] read(String text) {
        return text.codePoints()
                .flatMap(codePoint -> {
                    int symbol = lookup(codePoint);
                    return symbol == NOTHING
                            ? IntStream.empty()
                            : symbol >= 0 ? IntStream.of(symbol) : Arrays.stream(expansion(codePoint));
                })
                .toArray();
    }

    private Page page(int number) {
        Page page = pages[number];
        if (page == null) {
            page = worked(number);
            pages[number] = page;
        }
        return page;
    }

    private Page worked(int number) {
        int[] symbols = new int[PAGE_SIZE];
        List<int[]> expansions = new ArrayList<>();
        for (int i = 0; i < PAGE_SIZE; i++) {
            int[] read = reading.apply(number << PAGE_BITS | i);
            if (read.length == 0) {
                symbols[i] = NOTHING;
            } else if (read.length == 1) {
                symbols[i] = read[0];
            } else {
                symbols[i] = FIRST_EXPANSION - expansions.size();
                expansions.add(read);
            }
        }
        return new Page(symbols, expansions);
    }
}

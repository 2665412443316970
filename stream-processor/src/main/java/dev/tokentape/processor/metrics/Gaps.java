package dev.tokentape.processor.metrics;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import java.nio.ByteBuffer;

/**
 * The gaps between an answer's tokens, in seconds: quantiles by a sketch of 1 % relative accuracy, longest gap and
 * standard deviation exactly. Memory grows with the range of the gaps, not with their number: a few hundred bytes.
 */
final class Gaps {

    private static final double RELATIVE_ACCURACY = 0.01;

    private final DDSketch sketch = DDSketches.unboundedDense(RELATIVE_ACCURACY);
    private long count;
    private double mean;
    private double squares;
    private double longest;

    void add(double seconds) {
        sketch.accept(seconds);
        count++;
        // Welford's running variance: one pass, and no loss of digits when the gaps are nearly equal.
        double before = seconds - mean;
        mean += before / count;
        squares += before * (seconds - mean);
        longest = Math.max(longest, seconds);
    }

    boolean isEmpty() {
        return count == 0;
    }

    double quantile(double rank) {
        return sketch.getValueAtQuantile(rank);
    }

    double longest() {
        return longest;
    }

    /** Of these gaps as a whole population; 0 for a single one. */
    double deviation() {
        return Math.sqrt(squares / count);
    }

    /** The sketch in the protobuf form that all DDSketch libraries read. */
    ByteBuffer serialized() {
        return sketch.serialize();
    }
}

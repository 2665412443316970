package dev.tokentape.benchmarks.bench;

/** A benchmark that could not be brought to its end; the message says why. */
public final class BenchFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchFailedException(String message) {
        super(message);
    }
}

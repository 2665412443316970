package dev.tokentape.benchmarks.process;

/** A benchmark that could not be brought to its end; the message says why. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BenchException(String message) {
        super(message);
    }
}

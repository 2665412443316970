package dev.tokentape.processor.replay;

/** A stretch of a partition could not be read in time; the message names it. */
public final class PartitionReadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PartitionReadException(String message) {
        super(message);
    }
}

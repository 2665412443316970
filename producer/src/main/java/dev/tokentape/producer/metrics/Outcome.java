package dev.tokentape.producer.metrics;

/** How a run ended, as its metrics call it. */
public enum Outcome {
    /** The provider finished the answer. */
    COMPLETED,
    /** A {@code Failed} event ended it. */
    FAILED,
    /** It was cancelled or told to stop. */
    CANCELLED,
    /** It was given up at shutdown, for another producer to try again. */
    HANDED_BACK,
    /** The journal refused a record. */
    BROKEN
}

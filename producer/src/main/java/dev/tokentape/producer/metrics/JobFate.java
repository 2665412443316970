package dev.tokentape.producer.metrics;

/** What became of a job when it came here, as its metrics call it. */
public enum JobFate {
    /** A run was started for it. */
    TAKEN,
    /** Its deadline had passed; not started. */
    EXPIRED,
    /** Its answer had been cancelled; not started. */
    CANCELLED,
    /** It could not be read; not started. */
    UNREADABLE,
    /** {@code taken} could not be written in time; given back to the group. */
    RELEASED
}

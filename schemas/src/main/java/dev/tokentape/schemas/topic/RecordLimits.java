package dev.tokentape.schemas.topic;

/** The one limit on a record's size, shared by topics and clients. */
public final class RecordLimits {

    /** Most bytes of one record on any topic, keys, headers and batch overhead included. */
    public static final int MAX_RECORD_BYTES = 8 * 1024 * 1024;

    /** Most bytes of a record's encoded value: what writers check before they send. */
    public static final int MAX_VALUE_BYTES = MAX_RECORD_BYTES - 64 * 1024;

    /** Most characters of text in one delta. */
    public static final int MAX_DELTA_CHARACTERS = 256 * 1024;

    private RecordLimits() {}
}

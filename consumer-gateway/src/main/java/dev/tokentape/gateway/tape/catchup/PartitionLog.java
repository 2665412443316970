package dev.tokentape.gateway.tape.catchup;

import java.util.Iterator;

/** {@code llm.tokens}, one partition at a time. For one thread at a time; every method may block and throw. */
public interface PartitionLog extends AutoCloseable {

    /**
     * What a partition holds.
     *
     * @param begin offset of its first record
     * @param end offset of the next record to be written
     */
    record Bounds(long begin, long end) {}

    /** Some records in order; {@code next} is the offset to go on with. */
    record Batch(Iterator<? extends ScannedRecord> records, long next) {}

    Bounds bounds(int partition);

    /** Turns to a place in a partition, from which {@link #poll} goes on. */
    void seek(int partition, long offset);

    Batch poll();

    @Override
    void close();
}

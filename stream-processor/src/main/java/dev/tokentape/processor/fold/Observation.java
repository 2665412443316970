package dev.tokentape.processor.fold;

import org.jspecify.annotations.Nullable;

/**
 * What the watch may know of an open response.
 *
 * @param attempt the current attempt; 0 if it is only a cancel whose request has not come yet
 * @param runId the run that owns the attempt; null while it waits for one
 * @param lastSign journal offset of the owner's last sign of life; {@code Envelope.NONE} without an owner
 * @param deadline journal time until which it waits for a producer, or for tool results; meaningless with an owner.
 *     Microseconds since 1970 UTC
 * @param patience how long that wait may take in all; meaningless with an owner. Microseconds
 * @param openedAt journal time of its first record; microseconds since 1970 UTC
 */
public record Observation(
        ResponseKey key,
        int attempt,
        @Nullable String runId,
        long lastSign,
        long deadline,
        long patience,
        long openedAt) {}

package dev.tokentape.schemas.event;

import org.jspecify.annotations.Nullable;

/**
 * What every token event carries besides its content.
 *
 * @param conversationId the conversation, also the record's key
 * @param responseId the answer; empty for {@link TokenEvent.Wake}
 * @param attempt which attempt at the answer, from 1; 0 before the first
 * @param runId the producer's run that reported it; null for events of no run
 * @param sequence number within the response (released events) or within the run (journal), from 0
 * @param choiceIndex which of several alternative answers, from 0
 * @param blockIndex which content block of the choice, from 0; {@link #NONE} for events of the whole message
 * @param requestedAt wall clock when the upstream request was sent, or, for events of no run, when the answer was asked
 *     for; microseconds since 1970 UTC
 * @param receivedAt wall clock when the bytes of the event were received; microseconds since 1970 UTC
 * @param elapsedNanos monotonic time since the upstream request was sent, in nanoseconds; {@link #NONE} for events of
 *     no run
 * @param provider name of the provider
 * @param model model as requested
 */
public record Envelope(
        String conversationId,
        String responseId,
        int attempt,
        @Nullable String runId,
        long sequence,
        int choiceIndex,
        int blockIndex,
        long requestedAt,
        long receivedAt,
        long elapsedNanos,
        @Nullable String provider,
        @Nullable String model) {

    /** Stands for "has none" in {@link #blockIndex} and {@link #elapsedNanos}. */
    public static final int NONE = -1;

    /** An envelope of no run, no block and no elapsed time: for events that the system itself puts on the tape. */
    public static Envelope ofSystem(String conversationId, String responseId, int attempt, long atMicros) {
        return new Envelope(
                conversationId, responseId, attempt, null, 0, 0, NONE, atMicros, atMicros, NONE, null, null);
    }

    public Envelope withSequence(long newSequence) {
        return new Envelope(
                conversationId,
                responseId,
                attempt,
                runId,
                newSequence,
                choiceIndex,
                blockIndex,
                requestedAt,
                receivedAt,
                elapsedNanos,
                provider,
                model);
    }

    /** The same moment and sequence, for another block. */
    public Envelope withBlock(int newChoiceIndex, int newBlockIndex) {
        return new Envelope(
                conversationId,
                responseId,
                attempt,
                runId,
                sequence,
                newChoiceIndex,
                newBlockIndex,
                requestedAt,
                receivedAt,
                elapsedNanos,
                provider,
                model);
    }
}

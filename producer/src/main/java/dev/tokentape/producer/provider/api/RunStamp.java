package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * Stamps a call's events with whose they are and when their bytes came. The caller moves its time on; it has no clock.
 * Not thread-safe.
 */
public final class RunStamp {

    private final String conversationId;
    private final String responseId;
    private final int attempt;
    private final @Nullable String runId;
    private final @Nullable String provider;
    private final @Nullable String model;
    private long requestedAt;
    private long receivedAt;
    private long elapsedNanos;

    public RunStamp(
            String conversationId,
            String responseId,
            int attempt,
            @Nullable String runId,
            @Nullable String provider,
            @Nullable String model) {
        this.conversationId = conversationId;
        this.responseId = responseId;
        this.attempt = attempt;
        this.runId = runId;
        this.provider = provider;
        this.model = model;
    }

    public static RunStamp of(GenerationJob job, String runId, String provider) {
        return new RunStamp(
                job.getConversationId(),
                job.getResponseId(),
                job.getAttempt(),
                runId,
                provider,
                job.getRequest().getModel());
    }

    /** Name of the provider that is called; null where a recording is read. */
    @Nullable
    String provider() {
        return provider;
    }

    /** @param wallMicros when the upstream request was sent; microseconds since 1970 UTC */
    public void requested(long wallMicros) {
        requestedAt = wallMicros;
        receivedAt = wallMicros;
        elapsedNanos = 0;
    }

    /**
     * @param wallMicros when the bytes came; microseconds since 1970 UTC
     * @param nanosSinceRequest monotonic time since the request was sent
     */
    public void received(long wallMicros, long nanosSinceRequest) {
        receivedAt = wallMicros;
        elapsedNanos = nanosSinceRequest;
    }

    /** An envelope of sequence 0: the sink numbers. */
    Envelope envelope(int choice, int block) {
        return new Envelope(
                conversationId,
                responseId,
                attempt,
                runId,
                0,
                choice,
                block,
                requestedAt,
                receivedAt,
                elapsedNanos,
                provider,
                model);
    }
}

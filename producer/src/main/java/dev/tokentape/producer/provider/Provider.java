package dev.tokentape.producer.provider;

import dev.tokentape.producer.policy.CallPolicy;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.schemas.avro.GenerationJob;

/** A configured LLM API: where it is, which dialect it speaks, with which key and time-outs. Thread-safe. */
public interface Provider {

    /** The name that requests use, e.g. {@code openai}. */
    String name();

    /** The API it speaks, e.g. {@code openai-chat-completions}. */
    String api();

    /** How its calls are made: how many, how often, and what follows a failure. */
    default CallPolicy policy() {
        return CallPolicy.DEFAULT;
    }

    /**
     * Finds out whether this API can do what a request asks for, without calling it.
     *
     * @throws UnsupportedRequestException if not, naming the field
     */
    default void check(GenerationJob job) {}

    /**
     * Prepares one call; nothing is sent before {@link UpstreamCall#run}.
     *
     * @param runId stamped on every event
     * @param cancellation closes the upstream connection at once, or prevents it; the call then ends by a
     *     {@code Cancelled} event
     * @throws UnsupportedRequestException if this API cannot do what the request asks for, naming the field
     */
    UpstreamCall prepare(GenerationJob job, String runId, EventSink sink, Cancellation cancellation);
}

package dev.tokentape.producer.provider;

import dev.tokentape.schemas.event.TokenEvent;

/** Where a call's events go. The sink numbers them: what the envelope says of the sequence is ignored. */
@FunctionalInterface
public interface EventSink {

    /**
     * Takes the next event; blocks while the sink cannot keep up, so that reading the upstream socket stops.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    void emit(TokenEvent event) throws InterruptedException;
}

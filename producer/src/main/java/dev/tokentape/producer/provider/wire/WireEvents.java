package dev.tokentape.producer.provider.wire;

import org.jspecify.annotations.Nullable;

/** Takes wire events as they are read from a body. */
@FunctionalInterface
interface WireEvents {

    /**
     * @param name the event's name; null where it has none
     * @param unterminated whether the body ended within it, so that it may be cut
     * @return whether more is wanted
     */
    boolean event(@Nullable String name, String data, boolean unterminated);
}

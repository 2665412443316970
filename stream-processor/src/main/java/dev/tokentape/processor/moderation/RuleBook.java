package dev.tokentape.processor.moderation;

import org.jspecify.annotations.Nullable;

/** All rule sets that are known, by version. A version never changes what it means. */
@FunctionalInterface
public interface RuleBook {

    /**
     * The rules of a version; null if they are published but none that this code can use, which is for ever so.
     *
     * @throws RuntimeException if they have not been read yet: whoever asks must ask again, and decide nothing
     */
    @Nullable
    RuleGates of(String version);

    /** The version by which requests that come now are judged; null if none is. */
    default @Nullable String current() {
        return null;
    }
}

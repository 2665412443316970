package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.BlockType;
import org.jspecify.annotations.Nullable;

/**
 * Whose a thought is. Only the provider that signed or encrypted it can read it again, and others refuse it, so its
 * name is kept in the block's data, and goes wherever the block goes: onto the tape, into the history, to clients and
 * back.
 */
public final class SealedThinking {

    /** The field of a block's data that names the provider. */
    public static final String SEALED_BY = "sealed_by";

    private SealedThinking() {}

    /** The block's data with its owner in it; as it was where it is no thinking, or nobody's. */
    static @Nullable String owned(BlockType type, @Nullable String provider, @Nullable String data) {
        boolean thought = type == BlockType.THINKING || type == BlockType.REDACTED_THINKING;
        return thought && provider != null ? Json.write(Json.fields(data).put(SEALED_BY, provider)) : data;
    }
}

package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.BlockType;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a block when it begins: its type, and whatever the provider tells with it.
 *
 * @param text a block's whole text where it comes with the beginning
 * @param providerData what the provider says besides, as JSON
 */
public record Opening(
        BlockType type,
        @Nullable String toolCallId,
        @Nullable String toolName,
        @Nullable String mediaType,
        @Nullable String text,
        @Nullable String providerData) {

    public static Opening of(BlockType type) {
        return new Opening(type, null, null, null, null, null);
    }

    /** Of a tool's call, or of its result. */
    public Opening call(@Nullable String id, @Nullable String name) {
        return new Opening(type, id, name, mediaType, text, providerData);
    }

    public Opening media(@Nullable String itsType) {
        return new Opening(type, toolCallId, toolName, itsType, text, providerData);
    }

    public Opening text(@Nullable String whole) {
        return new Opening(type, toolCallId, toolName, mediaType, whole, providerData);
    }

    public Opening data(@Nullable String json) {
        return new Opening(type, toolCallId, toolName, mediaType, text, json);
    }
}

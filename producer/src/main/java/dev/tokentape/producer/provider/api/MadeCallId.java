package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * The id of a tool call whose API gives it none, as Gemini and Ollama do: without one nobody could hand in its result.
 * It is never sent to an API.
 */
public final class MadeCallId {

    /** What it begins with. */
    public static final String PREFIX = "tokentape-";

    private MadeCallId() {}

    /** The event; with an id, if it begins a tool call that has none. */
    public static TokenEvent completed(TokenEvent event) {
        if (event instanceof TokenEvent.BlockStart start
                && start.type() == BlockType.TOOL_USE
                && start.toolCallId() == null) {
            Envelope at = start.envelope();
            String id =
                    "%s%s-%d-%d-%d".formatted(PREFIX, at.responseId(), at.attempt(), at.choiceIndex(), at.blockIndex());
            return new TokenEvent.BlockStart(
                    at, start.type(), id, start.toolName(), start.mediaType(), start.text(), start.providerData());
        }
        return event;
    }

    /** The id as the API knows it; null if it was made here. */
    public static @Nullable String upstream(@Nullable String id) {
        return id == null || id.startsWith(PREFIX) ? null : id;
    }
}

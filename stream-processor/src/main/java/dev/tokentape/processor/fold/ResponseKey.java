package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.Envelope;

/** Names one response: an id is only good within its conversation. */
public record ResponseKey(String conversationId, String responseId) {

    public static ResponseKey of(Envelope envelope) {
        return new ResponseKey(envelope.conversationId(), envelope.responseId());
    }

    /** {@code conversation/response}, as records about whole answers are keyed. */
    @Override
    public String toString() {
        return conversationId + "/" + responseId;
    }

    /** The inverse of {@link #toString}. */
    public static ResponseKey parse(String text) {
        int slash = text.lastIndexOf('/');
        return new ResponseKey(text.substring(0, slash), text.substring(slash + 1));
    }
}

package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.client.EventFrame;
import org.jspecify.annotations.Nullable;

/** How long an answer took, from the question on, as it was seen here. */
final class AnswerTimes {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long askedAt;
    private @Nullable Long firstContent;
    private @Nullable Long atProvider;
    private @Nullable Long ended;

    /** @param now in nanoseconds, when it was asked */
    AnswerTimes(long now) {
        this.askedAt = now;
    }

    void saw(EventFrame frame, long now) {
        if (firstContent == null && frame.hasContent()) {
            firstContent = (now - askedAt) / NANOS_PER_MILLI;
            atProvider = frame.elapsedNanos() < 0 ? null : frame.elapsedNanos() / NANOS_PER_MILLI;
        }
        if (frame.terminal()) {
            ended = (now - askedAt) / NANOS_PER_MILLI;
        }
    }

    /** Milliseconds; null for what did not come. */
    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("first_content_ms", firstContent)
                .put("first_content_at_provider_ms", atProvider)
                .put("total_ms", ended);
    }
}

package dev.tokentape.processor.metrics;

import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.StopReason;
import java.util.Locale;

/** How an answer ended, in the words of the metrics. */
enum Outcome {
    STOP,
    LENGTH,
    TOOL,
    BLOCKED,
    CANCELLED,
    ERROR;

    static Outcome of(Response ended) {
        return switch (ended.getStatus()) {
            case BLOCKED -> BLOCKED;
            case CANCELLED -> CANCELLED;
            case FAILED -> ERROR;
            case COMPLETED, QUEUED, RUNNING, OTHER ->
                of(ended.getStopReason() == null ? StopReason.OTHER : ended.getStopReason());
        };
    }

    private static Outcome of(StopReason reason) {
        return switch (reason) {
            case MAX_TOKENS, CONTEXT_WINDOW_EXCEEDED -> LENGTH;
            case TOOL_USE -> TOOL;
            case CONTENT_FILTER -> BLOCKED;
            case ERROR, MALFORMED_TOOL_USE -> ERROR;
            case END_TURN, STOP_SEQUENCE, PAUSE_TURN, REFUSAL, OTHER -> STOP;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package dev.tokentape.schemas.event;

import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * The one place that says how an answer ended: its terminal event, and nothing else, decides. Whoever tells of an
 * answer, live or later, asks here, so that all have the same word.
 */
public final class Outcomes {

    private Outcomes() {}

    /** How an answer ended; null where the event ends none. */
    public static @Nullable ResponseOutcome of(TokenEvent event) {
        return switch (event) {
            case TokenEvent.MessageStop e -> of(e.stopReason());
            case TokenEvent.Failed _ -> ResponseOutcome.FAILED;
            case TokenEvent.Cancelled e -> e.blocked() ? ResponseOutcome.BLOCKED : ResponseOutcome.CANCELLED;
            case TokenEvent.UserMessage _,
                    TokenEvent.MessageStart _,
                    TokenEvent.BlockStart _,
                    TokenEvent.BlockDelta _,
                    TokenEvent.BlockStop _,
                    TokenEvent.MessageDelta _,
                    TokenEvent.Moderated _,
                    TokenEvent.ConversationDeleted _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.AttemptLost _,
                    TokenEvent.VerdictReached _,
                    TokenEvent.Wake _ -> null;
        };
    }

    /** The same of a stored answer; null while it runs. Works too for those stored before the word existed. */
    public static @Nullable ResponseOutcome of(Response response) {
        if (response.getOutcome() != null) {
            return response.getOutcome();
        }
        return switch (response.getStatus()) {
            case COMPLETED -> of(response.getStopReason() == null ? StopReason.OTHER : response.getStopReason());
            case FAILED -> ResponseOutcome.FAILED;
            case CANCELLED -> ResponseOutcome.CANCELLED;
            case BLOCKED -> ResponseOutcome.BLOCKED;
            case QUEUED, RUNNING, OTHER -> null;
        };
    }

    /** How far an answer is that has ended so. */
    public static ResponseStatus status(ResponseOutcome outcome) {
        return switch (outcome) {
            case COMPLETED, MAX_TOKENS, TOOL_USE, PAUSE_TURN, REFUSAL, CONTENT_FILTER -> ResponseStatus.COMPLETED;
            case BLOCKED -> ResponseStatus.BLOCKED;
            case CANCELLED -> ResponseStatus.CANCELLED;
            case FAILED -> ResponseStatus.FAILED;
            case OTHER -> ResponseStatus.OTHER;
        };
    }

    /** Whether nothing more comes of an answer that is so far. */
    public static boolean ended(ResponseStatus status) {
        return switch (status) {
            case COMPLETED, FAILED, CANCELLED, BLOCKED -> true;
            case QUEUED, RUNNING, OTHER -> false;
        };
    }

    private static ResponseOutcome of(StopReason reason) {
        return switch (reason) {
            case END_TURN, STOP_SEQUENCE, OTHER -> ResponseOutcome.COMPLETED;
            case MAX_TOKENS, CONTEXT_WINDOW_EXCEEDED -> ResponseOutcome.MAX_TOKENS;
            case TOOL_USE -> ResponseOutcome.TOOL_USE;
            case PAUSE_TURN -> ResponseOutcome.PAUSE_TURN;
            case REFUSAL -> ResponseOutcome.REFUSAL;
            case CONTENT_FILTER -> ResponseOutcome.CONTENT_FILTER;
            case ERROR, MALFORMED_TOOL_USE -> ResponseOutcome.FAILED;
        };
    }
}

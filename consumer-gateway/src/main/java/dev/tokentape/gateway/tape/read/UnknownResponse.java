package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.wake.Waiter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A response that was asked for and that this gateway has never seen: yet to come, or so old that only history knows
 * it. History is asked once it has not come for {@link #WAIT_NANOS}.
 */
final class UnknownResponse {

    static final long WAIT_NANOS = 1_000_000_000L;

    private final ReaderSource source;
    private final String conversationId;
    private final String responseId;
    private final Waiter waiter;
    private final long since;
    private @Nullable CompletableFuture<List<FinishedAnswer>> inquiry;

    UnknownResponse(ReaderSource source, String conversationId, String responseId, Waiter waiter) {
        this.source = source;
        this.conversationId = conversationId;
        this.responseId = responseId;
        this.waiter = waiter;
        this.since = source.nanos();
    }

    /** Asks history when it is time to; whether it has answered. */
    boolean answered() {
        if (inquiry == null && source.nanos() - since >= WAIT_NANOS) {
            inquiry = source.history(conversationId, null);
            var _ = inquiry.thenRun(waiter::wake);
        }
        return inquiry != null && inquiry.isDone();
    }

    /** Whether it ended long ago; to be asked once {@link #answered}. */
    boolean isHistory() {
        return inquiry != null
                && inquiry.join().stream()
                        .anyMatch(answer -> answer.responseId().equals(responseId));
    }
}

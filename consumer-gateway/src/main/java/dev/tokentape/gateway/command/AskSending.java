package dev.tokentape.gateway.command;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Starts answers, and says how they stand then: the answer to a repeated ask may have ended long ago. */
public final class AskSending {

    /** What an answer's status is until more is known. */
    private static final String QUEUED = "queued";

    private static final Cancelling.Stand NOT_BEGUN = new Cancelling.Stand(QUEUED, "", false);

    /**
     * How long the processor may take to say how the answer to a repeat stands; after that it is reported as queued.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Intake intake;
    private final Cancelling.Standing standing;

    public AskSending(Intake intake, Cancelling.Standing standing) {
        this.intake = intake;
        this.standing = standing;
    }

    /**
     * Hands the ask on, unless it was before.
     *
     * @return the answer's status, when the ask is safe in Kafka; or failed with a problem
     */
    public CompletionStage<String> send(Intake.Accepted accepted) {
        CompletionStage<Void> stored = intake.send(accepted);
        if (!accepted.mayRepeat()) {
            return stored.thenApply(_ -> QUEUED);
        }
        return stored.thenCombine(now(accepted), (_, stand) -> stand.status());
    }

    /** How the answer to an ask that was handed on stands now; as {@value #QUEUED} where that cannot be known soon. */
    public CompletionStage<Cancelling.Stand> now(Intake.Accepted accepted) {
        return standing.of(accepted.conversationId(), accepted.responseId())
                .thenApply(stand -> stand.status().isEmpty() ? NOT_BEGUN : stand)
                .exceptionally(_ -> NOT_BEGUN)
                .toCompletableFuture()
                .copy()
                .completeOnTimeout(NOT_BEGUN, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}

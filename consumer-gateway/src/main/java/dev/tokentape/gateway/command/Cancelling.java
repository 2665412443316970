package dev.tokentape.gateway.command;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Stops answers, and says so where there is nothing to stop any more. */
public final class Cancelling {

    /** @param status the answer's, if it had ended; else {@code cancelling} */
    public record Outcome(String status, boolean alreadyEnded) {}

    /** How an answer stands. */
    public interface Standing {
        /** Empty status: nobody knows it. */
        CompletionStage<Outcome> of(String conversationId, String responseId);
    }

    private static final Outcome ORDERED = new Outcome("cancelling", false);

    private final Intake intake;
    private final Standing standing;

    public Cancelling(Intake intake, Standing standing) {
        this.intake = intake;
        this.standing = standing;
    }

    /**
     * Orders an answer to stop.
     *
     * @return failed with a problem if nobody knows the answer, or Kafka did not confirm the order
     */
    public CompletionStage<Outcome> cancel(String conversationId, String responseId) {
        return standing.of(conversationId, responseId)
                .exceptionallyCompose(failure -> unlessUnknowable(failure))
                .thenCompose(outcome -> {
                    if (outcome.alreadyEnded()) {
                        return CompletableFuture.completedStage(outcome);
                    }
                    if (outcome.status().isEmpty()) {
                        return CompletableFuture.failedStage(Problem.noSuchResponse(conversationId, responseId)
                                .asException());
                    }
                    return intake.cancel(conversationId, responseId).thenApply(_ -> ORDERED);
                });
    }

    /** Where the processor cannot say whether there is such an answer, the order is given all the same: it does no harm. */
    private static CompletionStage<Outcome> unlessUnknowable(Throwable failure) {
        Problem problem = ProblemException.in(failure);
        return problem != null && problem.status() == 503
                ? CompletableFuture.completedStage(ORDERED)
                : CompletableFuture.failedStage(new CompletionException(failure));
    }
}

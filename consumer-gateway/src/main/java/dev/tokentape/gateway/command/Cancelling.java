package dev.tokentape.gateway.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Stops answers, and says so where there is nothing to stop any more. */
public final class Cancelling {

    /**
     * How an answer stands.
     *
     * @param status the answer's, or {@code cancelling}; empty where nobody knows it
     * @param outcome the answer's, if it had ended; else empty
     */
    public record Stand(String status, String outcome, boolean alreadyEnded) {
        public static final Stand UNKNOWN = new Stand("", "", false);

        /** Writes its words into an object. */
        public void write(JsonGenerator json) throws IOException {
            json.writeStringField("status", status);
            if (!outcome.isEmpty()) {
                json.writeStringField("outcome", outcome);
            }
        }
    }

    /** Knows how answers stand. */
    public interface Standing {
        CompletionStage<Stand> of(String conversationId, String responseId);
    }

    private static final Stand ORDERED = new Stand("cancelling", "", false);

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
    public CompletionStage<Stand> cancel(String conversationId, String responseId) {
        return standing.of(conversationId, responseId)
                .exceptionallyCompose(failure -> unlessUnknowable(failure))
                .thenCompose(stand -> {
                    if (stand.alreadyEnded()) {
                        return CompletableFuture.completedStage(stand);
                    }
                    if (stand.status().isEmpty()) {
                        return CompletableFuture.failedStage(Problem.noSuchResponse(conversationId, responseId)
                                .asException());
                    }
                    return intake.cancel(conversationId, responseId).thenApply(_ -> ORDERED);
                });
    }

    /**
     * Where the processor cannot say whether there is such an answer, the order is given all the same: it does no harm.
     */
    private static CompletionStage<Stand> unlessUnknowable(Throwable failure) {
        Problem problem = ProblemException.in(failure);
        return problem != null && problem.status() == 503
                ? CompletableFuture.completedStage(ORDERED)
                : CompletableFuture.failedStage(new CompletionException(failure));
    }
}

package dev.tokentape.gateway.problem;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A problem on its way to the client. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.name() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The problem that a failure carries, also within the wrappings of futures; null if it carries none. */
    public static @Nullable Problem in(Throwable failure) {
        ProblemException carried = of(failure);
        return carried == null ? null : carried.problem;
    }

    /** The same as it is thrown. */
    public static @Nullable ProblemException of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof ProblemException carried ? carried : null;
    }
}

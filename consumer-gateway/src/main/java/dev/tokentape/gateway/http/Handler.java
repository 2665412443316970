package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.ProblemException;
import java.util.concurrent.CompletionStage;

/** What one address does. */
@FunctionalInterface
public interface Handler {

    /**
     * Answers a request. Called on the connection's event loop, and must not block it; the answer may come from any
     * thread.
     *
     * @throws ProblemException in place of an answer, as may the stage
     */
    CompletionStage<HttpAnswer> handle(Request request);
}

package dev.tokentape.gateway.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The answers that have ended, as the processor stores them. Thread-safe; never blocks its caller. */
public interface History {

    /**
     * A conversation's finished turns, oldest first; none if it is not known.
     *
     * @return failed with a problem if the processor cannot be asked now
     */
    CompletionStage<List<JsonNode>> turns(String conversationId);

    /**
     * One finished answer.
     *
     * @return empty if it is not known or not finished; failed with a problem if the processor cannot be asked now
     */
    CompletionStage<Optional<JsonNode>> response(String conversationId, String responseId);
}

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

    /**
     * The conversations that have finished turns, in the order of their ids.
     *
     * @param after the page begins behind this place, which need not be an id; empty for the first page
     * @param limit most conversations of the page, 1 to 500
     * @return failed with a problem if some of them cannot be asked for now: a list with holes is none
     */
    CompletionStage<ConversationPage> conversations(String after, int limit);
}

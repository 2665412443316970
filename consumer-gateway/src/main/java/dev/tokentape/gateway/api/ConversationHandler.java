package dev.tokentape.gateway.api;

import dev.tokentape.gateway.command.Cancelling;
import dev.tokentape.gateway.history.Answers;
import dev.tokentape.gateway.http.Answer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.problem.Problem;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What stands under a conversation besides its streams: its state, one answer's state, and the order to stop one. */
final class ConversationHandler {

    private final Answers answers;
    private final Cancelling cancelling;

    ConversationHandler(Answers answers, Cancelling cancelling) {
        this.answers = answers;
        this.cancelling = cancelling;
    }

    CompletionStage<Answer> conversation(Request request) {
        return answers.conversation(request.conversationId())
                .thenApply(body -> Answer.json(200, request.grant().shown(body)));
    }

    CompletionStage<Answer> response(Request request) {
        String conversationId = request.conversationId();
        String responseId = request.responseId();
        return answers.find(conversationId, responseId)
                .thenApply(found -> found.map(
                                known -> Answer.json(200, request.grant().shown(known.json())))
                        .orElseGet(() -> Answer.of(Problem.noSuchResponse(conversationId, responseId))));
    }

    CompletionStage<Answer> cancel(Request request) {
        String conversationId = request.conversationId();
        String responseId = request.responseId();
        if (request.body().length > 0) {
            throw Problem.invalidRequest(List.of(new Problem.Fault("", "a cancel takes no body")))
                    .asException();
        }
        return cancelling.cancel(conversationId, responseId).thenApply(outcome -> {
            byte[] body = Json.object(json -> {
                json.writeStringField("conversation_id", conversationId);
                json.writeStringField("response_id", responseId);
                json.writeStringField("status", outcome.status());
            });
            return Answer.json(outcome.alreadyEnded() ? 200 : 202, body);
        });
    }
}

package dev.tokentape.gateway.api;

import dev.tokentape.gateway.command.AskRate;
import dev.tokentape.gateway.command.Cancelling;
import dev.tokentape.gateway.command.DeletingJson;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.history.CurrentResponses;
import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.json.JsonBytes;
import dev.tokentape.gateway.problem.Problem;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What stands under a conversation besides its streams: its state, one answer's state, and the orders to stop one and
 * to delete all.
 */
final class ConversationHandler {

    private final CurrentResponses answers;
    private final Cancelling cancelling;
    private final Intake intake;
    private final AskRate rate;

    ConversationHandler(CurrentResponses answers, Cancelling cancelling, Intake intake, AskRate rate) {
        this.answers = answers;
        this.cancelling = cancelling;
        this.intake = intake;
        this.rate = rate;
    }

    CompletionStage<HttpAnswer> conversation(Request request) {
        return answers.conversation(request.conversationId())
                .thenApply(body -> HttpAnswer.json(200, request.grant().shown(body)));
    }

    CompletionStage<HttpAnswer> response(Request request) {
        String conversationId = request.conversationId();
        String responseId = request.responseId();
        return answers.find(conversationId, responseId)
                .thenApply(found -> found.map(
                                known -> HttpAnswer.json(200, request.grant().shown(known.json())))
                        .orElseGet(() -> HttpAnswer.of(Problem.noSuchResponse(conversationId, responseId))));
    }

    CompletionStage<HttpAnswer> cancel(Request request) {
        String conversationId = request.conversationId();
        String responseId = request.responseId();
        requireNoBody(request, "a cancel");
        return cancelling.cancel(conversationId, responseId).thenApply(stand -> {
            byte[] body = JsonBytes.object(json -> {
                json.writeStringField("conversation_id", conversationId);
                json.writeStringField("response_id", responseId);
                stand.write(json);
            });
            return HttpAnswer.json(stand.alreadyEnded() ? 200 : 202, body);
        });
    }

    CompletionStage<HttpAnswer> delete(Request request) {
        String conversationId = request.conversationId();
        requireNoBody(request, "a delete");
        rate.take(request.client());
        return intake.delete(conversationId)
                .thenApply(deleting -> HttpAnswer.json(
                        202, JsonBytes.object(json -> DeletingJson.writeFields(json, conversationId, deleting))));
    }

    private static void requireNoBody(Request request, String what) {
        if (request.body().length > 0) {
            throw Problem.invalidRequest(List.of(new Problem.Fault("", what + " takes no body")))
                    .asException();
        }
    }
}

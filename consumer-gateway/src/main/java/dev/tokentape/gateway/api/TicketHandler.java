package dev.tokentape.gateway.api;

import dev.tokentape.gateway.auth.Guard;
import dev.tokentape.gateway.auth.Ticket;
import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.json.JsonBytes;
import dev.tokentape.gateway.problem.Problem;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/tickets}: a stand-in for the caller's token, for where a token must not stand: in an address. */
final class TicketHandler {

    private final Guard guard;

    TicketHandler(Guard guard) {
        this.guard = guard;
    }

    CompletionStage<HttpAnswer> issue(Request request) {
        if (request.body().length > 0) {
            throw Problem.invalidRequest(List.of(new Problem.Fault("", "asking for a ticket takes no body")))
                    .asException();
        }
        Ticket ticket = guard.ticket(request.grant());
        byte[] body = JsonBytes.object(json -> {
            json.writeStringField("ticket", ticket.text());
            json.writeStringField("expires_at", ticket.expiresAt().toString());
        });
        return CompletableFuture.completedStage(HttpAnswer.json(201, body));
    }
}

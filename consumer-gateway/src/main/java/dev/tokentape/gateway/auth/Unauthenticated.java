package dev.tokentape.gateway.auth;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;

/** The refusals of those who do not, or not rightly, say who they are. */
final class Unauthenticated {

    private static final String TITLE = "The gateway does not know who asks";
    private static final String CHALLENGE = "Bearer realm=\"tokentape\"";

    private Unauthenticated() {}

    static ProblemException missing() {
        return new Problem(
                        "unauthenticated",
                        TITLE,
                        401,
                        "send a token: 'Authorization: Bearer …', or for streams ?ticket= with a ticket "
                                + "from POST /v1/tickets, or for WebSockets the sub-protocol 'bearer.…' beside "
                                + "tokentape.v1")
                .withHeader("WWW-Authenticate", CHALLENGE)
                .asException();
    }

    /** @param detail never the token itself */
    static ProblemException because(String detail) {
        return new Problem("unauthenticated", TITLE, 401, detail + "; get a new one and repeat the request")
                .withHeader("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\"")
                .asException();
    }
}

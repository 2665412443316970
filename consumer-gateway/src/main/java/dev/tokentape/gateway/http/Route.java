package dev.tokentape.gateway.http;

import dev.tokentape.gateway.auth.Scope;
import java.util.Set;

/**
 * One method of one address.
 *
 * @param template the path, its variables in braces: {@code /v1/conversations/{conversation_id}/events}
 * @param parameters the query parameters it knows; others are refused by name, unless it knows none and answers in one
 * piece
 * @param inOnePiece whether every answer comes whole, so that HEAD can be answered too
 * @param admission whom it is for
 */
public record Route(
        String method,
        String template,
        Set<String> parameters,
        boolean inOnePiece,
        Admission admission,
        Handler handler) {

    /** Whom an address is for. */
    public sealed interface Admission {
        /** Everybody who can reach the gateway. */
        record Open() implements Admission {}

        /** Everybody with a token that is good here. */
        record Known() implements Admission {}

        /** Those whose token has this scope, for the conversation in the address. */
        record Scoped(Scope scope) implements Admission {}
    }

    /** A query parameter that stands for the token. */
    static final String TICKET = "ticket";

    public static Route get(String template, Handler handler) {
        return new Route("GET", template, Set.of(), true, new Admission.Open(), handler);
    }

    /** The same with query parameters. */
    public static Route get(String template, Set<String> parameters, Handler handler) {
        return new Route("GET", template, parameters, true, new Admission.Open(), handler);
    }

    /** A GET whose answer is a stream or a change of protocol. */
    public static Route stream(String template, Set<String> parameters, Handler handler) {
        return new Route("GET", template, parameters, false, new Admission.Open(), handler);
    }

    public static Route post(String template, Handler handler) {
        return new Route("POST", template, Set.of(), false, new Admission.Open(), handler);
    }

    public static Route delete(String template, Handler handler) {
        return new Route("DELETE", template, Set.of(), false, new Admission.Open(), handler);
    }

    /** The same for those with this scope. */
    public Route needing(Scope scope) {
        return new Route(method, template, parameters, inOnePiece, new Admission.Scoped(scope), handler);
    }

    /** The same for those with a token. */
    public Route needingToken() {
        return new Route(method, template, parameters, inOnePiece, new Admission.Known(), handler);
    }
}

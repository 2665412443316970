package dev.tokentape.gateway.http;

import java.util.Set;

/**
 * One method of one address.
 *
 * @param template the path, its variables in braces: {@code /v1/conversations/{conversation_id}/events}
 * @param parameters the query parameters it knows; others are refused by name
 * @param inOnePiece whether every answer comes whole, so that HEAD can be answered too
 */
public record Route(String method, String template, Set<String> parameters, boolean inOnePiece, Handler handler) {

    public static Route get(String template, Handler handler) {
        return new Route("GET", template, Set.of(), true, handler);
    }

    /** A GET whose answer is a stream or a change of protocol. */
    public static Route stream(String template, Set<String> parameters, Handler handler) {
        return new Route("GET", template, parameters, false, handler);
    }

    public static Route post(String template, Handler handler) {
        return new Route("POST", template, Set.of(), false, handler);
    }
}

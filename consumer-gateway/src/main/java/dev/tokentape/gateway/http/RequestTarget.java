package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/**
 * The address within a request line.
 *
 * @param path as sent, not decoded
 * @param pathAndQuery the same with the query, if there is one
 */
record RequestTarget(String path, String pathAndQuery) {

    /** Takes the path out of the absolute form ({@code GET http://host/path}) too, which servers must accept. */
    static RequestTarget of(HttpRequest head) {
        String target = head.uri();
        if (target.startsWith("http://") || target.startsWith("https://")) {
            int slash = target.indexOf('/', target.indexOf("//") + 2);
            target = slash < 0 ? "/" : target.substring(slash);
        }
        int query = target.indexOf('?');
        return new RequestTarget(query < 0 ? target : target.substring(0, query), target);
    }

    /** The parameters, decoded. @throws ProblemException if they cannot be */
    Map<String, List<String>> query() {
        try {
            return new QueryStringDecoder(pathAndQuery).parameters();
        } catch (IllegalArgumentException _) {
            // Its message quotes the address, and a ticket with it.
            throw Problem.malformedAddress().asException();
        }
    }

    /** A part of the path, decoded; a plus is a plus there. @throws ProblemException if it cannot be */
    static String decoded(String part) {
        try {
            return QueryStringDecoder.decodeComponent(part.replace("+", "%2B"));
        } catch (IllegalArgumentException _) {
            throw Problem.malformedAddress().asException();
        }
    }
}

package dev.tokentape.gateway.http;

import io.netty.handler.codec.http.HttpRequest;

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
}

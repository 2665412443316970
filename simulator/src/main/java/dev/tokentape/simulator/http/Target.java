package dev.tokentape.simulator.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.Map;

/** What a request is addressed to: a path and a query, both percent-decoded; of a repeated parameter the first. */
public record Target(String path, Map<String, String> query) {

    /** Reads the target of a request as it stands in its first line. */
    public static Target of(String uri) {
        var decoder = new QueryStringDecoder(uri);
        return new Target(decoder.path(), query(decoder));
    }

    static Map<String, String> query(QueryStringDecoder uri) {
        var query = new HashMap<String, String>();
        uri.parameters().forEach((name, values) -> query.put(name, values.getFirst()));
        return query;
    }
}

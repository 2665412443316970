package dev.tokentape.gateway.http;

import dev.tokentape.gateway.auth.Guard;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share.
 *
 * @param bodies bytes of request bodies held now
 * @param headers on every answer, whatever it is
 */
record Door(
        ServerConfig config,
        Router router,
        Guard guard,
        ByteBudget bodies,
        Map<String, String> headers,
        MeterRegistry registry) {

    private static final String NO_METHOD = "none";

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", NO_METHOD);

    private static final int SOONEST_RETURN_MILLIS = 500;
    private static final int LATEST_RETURN_MILLIS = 3_000;

    /** When a client that is sent away may come back; spread, so that not all come at once. */
    static long returnAfterMillis() {
        return ThreadLocalRandom.current().nextLong(SOONEST_RETURN_MILLIS, LATEST_RETURN_MILLIS);
    }

    /**
     * Counts an answer: by the method if it is one that HTTP knows, and by the route's template, for the path itself
     * would be a label without bound.
     *
     * @param head null where what came was no request
     * @param match null where it was not looked at
     */
    void count(@Nullable HttpRequest head, Router.@Nullable Match match, int status) {
        String method = head == null ? NO_METHOD : head.method().name();
        Counter.builder("tokentape.gateway.requests")
                .description("Requests answered")
                .tag("method", METHODS.contains(method) ? method : "other")
                .tag("route", match == null ? Router.NO_ROUTE : match.routeName())
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
    }
}

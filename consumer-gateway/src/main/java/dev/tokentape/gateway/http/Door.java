package dev.tokentape.gateway.http;

import dev.tokentape.gateway.auth.Guard;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

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

    /** The method of what is no request. */
    static final String NO_METHOD = "none";

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", NO_METHOD);

    private static final int SOONEST_RETURN_MILLIS = 500;
    private static final int LATEST_RETURN_MILLIS = 3_000;

    /** When a client that is sent away may come back; spread, so that not all come at once. */
    static long returnAfterMillis() {
        return ThreadLocalRandom.current().nextLong(SOONEST_RETURN_MILLIS, LATEST_RETURN_MILLIS);
    }

    /** @param method told by its name if it is one that HTTP knows @param template the route's, or "none": the path itself would be a label without bound */
    void count(String method, String template, int status) {
        Counter.builder("tokentape.gateway.requests")
                .description("Requests answered")
                .tag("method", METHODS.contains(method) ? method : "other")
                .tag("route", template)
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
    }
}

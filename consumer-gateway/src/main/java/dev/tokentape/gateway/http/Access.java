package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask at all: the Host and Origin checks.
 *
 * <p>A gateway on localhost is within reach of every page that its user opens: by a plain cross-site request, by a
 * WebSocket (which knows no same-origin policy), or by a name that its owner points at 127.0.0.1 (DNS rebinding). So
 * the {@code Host} must be a name we know, and an {@code Origin}, which browsers always send in these cases, must be
 * our own or one that was allowed.
 *
 * @param hosts the names the gateway goes by, lower case, without port
 * @param origins the pages of elsewhere that may ask, like {@code https://chat.example.org}
 */
public record Access(Set<String> hosts, Set<String> origins) {

    private static final String ALLOWED_HEADERS =
            "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, Tokentape-Heartbeat";
    private static final String EXPOSED_HEADERS =
            "Location, Preference-Applied, Retry-After, Tokentape-Heartbeat, WWW-Authenticate";
    private static final String PREFLIGHT_SECONDS = "600";

    public Access {
        hosts = Set.copyOf(hosts);
        origins = Set.copyOf(origins);
    }

    /** What is wrong with the request's host or origin; null if nothing is. */
    @Nullable
    Problem problem(HttpHeaders headers) {
        List<String> given = headers.getAll("Host");
        if (given.size() != 1) {
            return Problem.malformedRequest("expected one Host header, found " + given.size());
        }
        String host = given.getFirst();
        if (!hosts.contains(withoutPort(host))) {
            return new Problem(
                    "host-not-allowed",
                    "The gateway does not go by this name",
                    421,
                    "the Host '%s' is not one of this gateway's; add it to gateway.allowed-hosts if it should be"
                            .formatted(host));
        }
        String origin = headers.get("Origin");
        if (origin != null && !isAllowed(origin, host)) {
            return new Problem(
                    "origin-not-allowed",
                    "Pages of this origin may not ask",
                    403,
                    "the Origin '%s' is neither the gateway's own nor in gateway.allowed-origins".formatted(origin));
        }
        return null;
    }

    /**
     * What a browser needs to hand the answer to a page of elsewhere. Only for requests that {@link #problem} let pass.
     */
    Map<String, String> corsHeaders(HttpHeaders headers) {
        String origin = headers.get("Origin");
        if (origin == null) {
            return Map.of();
        }
        Map<String, String> cors = new LinkedHashMap<>();
        cors.put("Access-Control-Allow-Origin", origin);
        cors.put("Access-Control-Expose-Headers", EXPOSED_HEADERS);
        cors.put("Vary", "Origin");
        return cors;
    }

    /** The answer to a browser that asks before it asks. */
    HttpAnswer.Whole preflight(HttpHeaders headers, String allowedMethods) {
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("Allow", allowedMethods);
        if (headers.get("Origin") != null && headers.get("Access-Control-Request-Method") != null) {
            answer.put("Access-Control-Allow-Methods", allowedMethods);
            answer.put("Access-Control-Allow-Headers", ALLOWED_HEADERS);
            answer.put("Access-Control-Max-Age", PREFLIGHT_SECONDS);
        }
        return HttpAnswer.empty(204, answer);
    }

    private boolean isAllowed(String origin, String host) {
        return origins.contains(origin)
                || origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        boolean port = colon > host.lastIndexOf(']');
        return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
    }
}

package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what an address and a method mean. A dozen routes, tried in order. */
public final class Router {

    /** The route's name in figures where no address matches. */
    static final String NO_ROUTE = "none";

    /** What a request is for. */
    sealed interface Match {
        record Found(Route route, Map<String, String> variables) implements Match {}

        /** OPTIONS on an address that is there. */
        record Options(String template, String allowed) implements Match {}

        /** @param template of the address, if it is there but not for this method; else {@link #NO_ROUTE} */
        record Refused(String template, Problem problem) implements Match {}

        /**
         * What figures call the address that was asked for: never the path itself, which would be a label without
         * bound.
         */
        default String routeName() {
            return switch (this) {
                case Found found -> found.route().template();
                case Options options -> options.template();
                case Refused refused -> refused.template();
            };
        }
    }

    private record Candidate(Route route, List<String> parts) {}

    private final List<Candidate> candidates = new ArrayList<>();

    public Router(List<Route> routes) {
        routes.forEach(route -> candidates.add(new Candidate(route, split(route.template()))));
    }

    public List<Route> routes() {
        return candidates.stream().map(Candidate::route).toList();
    }

    /** @param path without the query, as sent; so are the variables that are found in it */
    Match match(String method, String path) {
        List<String> parts = split(path);
        TreeSet<String> allowed = new TreeSet<>();
        String template = NO_ROUTE;
        for (Candidate candidate : candidates) {
            Map<String, String> variables = variables(candidate.parts(), parts);
            if (variables == null) {
                continue;
            }
            Route route = candidate.route();
            if (method.equals(route.method()) || (method.equals("HEAD") && route.inOnePiece())) {
                return new Match.Found(route, variables);
            }
            template = route.template();
            allowed.add(route.method());
            if (route.inOnePiece()) {
                allowed.add("HEAD");
            }
        }
        if (allowed.isEmpty()) {
            return new Match.Refused(NO_ROUTE, Problem.noSuchAddress());
        }
        allowed.add("OPTIONS");
        String list = String.join(", ", allowed);
        return method.equals("OPTIONS")
                ? new Match.Options(template, list)
                : new Match.Refused(template, Problem.methodNotAllowed(list));
    }

    private static @Nullable Map<String, String> variables(List<String> template, List<String> parts) {
        if (template.size() != parts.size()) {
            return null;
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String expected = template.get(i);
            if (expected.startsWith("{")) {
                variables.put(expected.substring(1, expected.length() - 1), parts.get(i));
            } else if (!expected.equals(parts.get(i))) {
                return null;
            }
        }
        return variables;
    }

    private static List<String> split(String path) {
        return List.of(path.substring(1).split("/", -1));
    }
}

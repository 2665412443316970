package dev.tokentape.gateway.api;

import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.problem.Problem;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether the client wants the whole answer at once ({@code Prefer: wait}, RFC 7240), and how long it waits.
 *
 * @param limit null for as long as the answer takes
 */
record Preference(@Nullable Duration limit) {

    private static final int MOST_SECONDS = 24 * 60 * 60;
    private static final Pattern WAIT = Pattern.compile("wait(?:\\s*=\\s*\"?([^\"]*)\"?)?");

    /** Null if the client does not ask to wait. */
    static @Nullable Preference of(Request request) {
        for (String header : request.headers().getAll("Prefer")) {
            for (String preference : header.split("[,;]", -1)) {
                Matcher matcher = WAIT.matcher(preference.strip());
                if (matcher.matches()) {
                    return new Preference(matcher.group(1) == null ? null : seconds(matcher.group(1)));
                }
            }
        }
        return null;
    }

    String applied() {
        return limit == null ? "wait" : "wait=" + limit.toSeconds();
    }

    private static Duration seconds(String value) {
        if (value.matches("\\d{1,6}") && Integer.parseInt(value) <= MOST_SECONDS) {
            return Duration.ofSeconds(Integer.parseInt(value));
        }
        throw Problem.invalidParameter("Prefer", "wait: expected seconds, 0 to %d".formatted(MOST_SECONDS))
                .asException();
    }
}

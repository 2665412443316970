package dev.tokentape.gateway.stream;

import dev.tokentape.gateway.problem.Problem;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a stream is silent at most: as long as the gateway's keep-alive interval, or less where the client asks for
 * it, so as to notice a gateway that stands still. The answer's head tells which it is, so that a client knows when to
 * leave.
 *
 * @param interval of this stream
 * @param keepAlive the gateway's, by which it tells for itself that a client is gone
 */
public record StreamHeartbeat(Duration interval, Duration keepAlive) {

    /** Whole seconds: in a request what the client asks for, in the answer what it gets, rounded up. */
    public static final String HEADER = "Tokentape-Heartbeat";

    private static final int MOST_SECONDS = 3_600;

    /**
     * What a client gets.
     *
     * @param asked the request's header; null where it has none
     */
    public static StreamHeartbeat of(@Nullable String asked, Duration keepAlive) {
        if (asked == null) {
            return new StreamHeartbeat(keepAlive, keepAlive);
        }
        Duration shorter = Duration.ofSeconds(seconds(asked.strip()));
        return new StreamHeartbeat(shorter.compareTo(keepAlive) < 0 ? shorter : keepAlive, keepAlive);
    }

    /** The header's value in the answer. */
    public String told() {
        return Long.toString(interval.plusMillis(999).toSeconds());
    }

    /** How many of this stream's intervals make so many of the gateway's, rounded up. */
    public int beats(int keepAlives) {
        return Math.toIntExact(Math.ceilDiv(keepAlive.multipliedBy(keepAlives).toNanos(), interval.toNanos()));
    }

    private static int seconds(String asked) {
        try {
            int seconds = Integer.parseInt(asked);
            if (seconds >= 1 && seconds <= MOST_SECONDS) {
                return seconds;
            }
        } catch (NumberFormatException _) {
            // Told below, like any other that is none.
        }
        throw Problem.invalidParameter(HEADER, "expected whole seconds, 1 to " + MOST_SECONDS)
                .asException();
    }
}

package dev.tokentape.simulator.log;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of one call, at the moment when it was asked for. Times are wall-clock microseconds since 1970. Neither
 * prompts nor keys are kept.
 *
 * @param id the number of the call, from 1, in the order of arrival
 * @param api the API, for example {@code openai-chat}; {@code replay} for a recording at a path of no known API
 * @param model the model as the request names it, without settings; empty if it names none
 * @param stream whether a stream was asked for
 * @param messages how many messages the request carries
 * @param keyGiven whether a key was given
 * @param status the HTTP status answered; 0 before the response head is sent
 * @param started when the request had been read
 * @param firstByte when the first byte of the body was handed to the network; null before
 * @param tokens tokens generated so far
 * @param ended when the call ended; null while it runs
 * @param outcome how it ended
 * @param fault the fault which struck, as it is spelled in settings; null if none
 * @param clientClosed when the client's close was seen; null if it did not close before the end
 */
public record SimulatedCall(
        long id,
        String api,
        String model,
        boolean stream,
        int messages,
        boolean keyGiven,
        int status,
        long started,
        @Nullable Long firstByte,
        int tokens,
        @Nullable Long ended,
        Outcome outcome,
        @Nullable String fault,
        @Nullable Long clientClosed) {

    /** How a call ended. */
    public enum Outcome {
        /** It has not ended. */
        RUNNING,
        /** The answer was sent to its end. */
        COMPLETED,
        /** The client closed the connection first. */
        CLOSED_BY_CLIENT,
        /** A fault ended it. */
        FAULT,
        /** The request was not acceptable. */
        REFUSED,
        /** The simulator was closed first. */
        SHUT_DOWN;

        /** The outcome as it is written in JSON, for example {@code closed_by_client}. */
        public String spelling() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

package dev.tokentape.simulator.settings;

/**
 * One way in which an answer goes wrong. {@code afterTokens} counts generated tokens (thinking, text and tool argument
 * pieces of all choices, wire events for a replayed recording); a fault whose count is never reached does not strike.
 */
public sealed interface Fault {

    /** The fault as it is written in settings, for example {@code stall@50}. */
    String spelling();

    /** A fault which strikes at a point of the stream. */
    sealed interface Midway extends Fault {
        int afterTokens();
    }

    /** The call is answered with this HTTP status and the API's error body. */
    record HttpError(int status) implements Fault {
        @Override
        public String spelling() {
            return "http-error=" + status;
        }
    }

    /** The first {@code calls} calls with the same prompt are answered with this HTTP status. */
    record FailFirst(int calls, int status) implements Fault {
        @Override
        public String spelling() {
            return "fail-first=" + calls + ":" + status;
        }
    }

    /** The response head is withheld for this long. */
    record SlowHeaders(int millis) implements Fault {
        @Override
        public String spelling() {
            return "slow-headers=" + millis;
        }
    }

    /** The stream leaves in bursts, one each {@code millis}, as behind a buffering proxy. */
    record Buffer(int millis) implements Fault {
        @Override
        public String spelling() {
            return "buffer=" + millis;
        }
    }

    /** The API's own error event, after which the body ends; HTTP 500 for an answer in one piece. */
    record ErrorEvent(int afterTokens) implements Midway {
        @Override
        public String spelling() {
            return "error@" + afterTokens;
        }
    }

    /** Silence for ever; the connection stays open. */
    record Stall(int afterTokens) implements Midway {
        @Override
        public String spelling() {
            return "stall@" + afterTokens;
        }
    }

    /** The body ends cleanly between two events, without the API's terminal marker. */
    record Truncate(int afterTokens) implements Midway {
        @Override
        public String spelling() {
            return "truncate@" + afterTokens;
        }
    }

    /** The connection closes (TCP FIN) in the middle of an event, with the HTTP body unfinished. */
    record Cut(int afterTokens) implements Midway {
        @Override
        public String spelling() {
            return "cut@" + afterTokens;
        }
    }

    /** The connection is reset (TCP RST). */
    record Reset(int afterTokens) implements Midway {
        @Override
        public String spelling() {
            return "reset@" + afterTokens;
        }
    }

    /** One additional event which is not valid JSON; the stream goes on. */
    record Malformed(int afterTokens) implements Midway {
        @Override
        public String spelling() {
            return "malformed@" + afterTokens;
        }
    }

    /** The next token is replaced by this many bytes of text. */
    record Oversize(int afterTokens, int bytes) implements Midway {
        @Override
        public String spelling() {
            return "oversize@" + afterTokens + "=" + bytes;
        }
    }
}

package dev.tokentape.simulator.settings;

import java.util.Set;

/** Reads one fault as it is written in settings; every complaint names what was written and what is understood. */
final class FaultReader {

    static final int LONGEST_WAIT_MILLIS = 3_600_000;
    static final int LARGEST_EVENT_BYTES = 64 << 20;
    private static final Set<Integer> STATUSES = Set.of(400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504, 529);

    private FaultReader() {}

    /** The fault, or an {@link IllegalArgumentException} whose message says what is wrong with {@code written}. */
    static Fault read(String written) {
        int at = written.indexOf('@');
        int equals = written.indexOf('=');
        if (at > 0) {
            String name = written.substring(0, at);
            String count = equals > at ? written.substring(at + 1, equals) : written.substring(at + 1);
            int tokens = number(written, count, 0, CallSettings.LONGEST_ANSWER);
            if (equals > at && !name.equals("oversize")) {
                throw unknown(written);
            }
            return switch (name) {
                case "error" -> new Fault.ErrorEvent(tokens);
                case "stall" -> new Fault.Stall(tokens);
                case "truncate" -> new Fault.Truncate(tokens);
                case "cut" -> new Fault.Cut(tokens);
                case "reset" -> new Fault.Reset(tokens);
                case "malformed" -> new Fault.Malformed(tokens);
                case "oversize" ->
                    new Fault.Oversize(
                            tokens,
                            number(written, equals > at ? written.substring(equals + 1) : "", 1, LARGEST_EVENT_BYTES));
                default -> throw unknown(written);
            };
        }
        if (equals > 0) {
            String value = written.substring(equals + 1);
            return switch (written.substring(0, equals)) {
                case "http-error" -> new Fault.HttpError(status(written, value));
                case "slow-headers" -> new Fault.SlowHeaders(number(written, value, 0, LONGEST_WAIT_MILLIS));
                case "buffer" -> new Fault.Buffer(number(written, value, 1, LONGEST_WAIT_MILLIS));
                case "fail-first" -> failFirst(written, value);
                default -> throw unknown(written);
            };
        }
        throw unknown(written);
    }

    private static Fault failFirst(String written, String value) {
        int colon = value.indexOf(':');
        int calls = number(written, colon < 0 ? value : value.substring(0, colon), 1, 1_000_000);
        return new Fault.FailFirst(calls, colon < 0 ? 503 : status(written, value.substring(colon + 1)));
    }

    private static int status(String written, String value) {
        int status = number(written, value, 400, 599);
        if (!STATUSES.contains(status)) {
            throw new IllegalArgumentException("fault '" + written + "': status must be one of "
                    + STATUSES.stream().sorted().toList());
        }
        return status;
    }

    private static int number(String written, String digits, int min, int max) {
        try {
            int number = Integer.parseInt(digits.strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("fault '" + written + "': '" + digits + "' is not a number", notANumber);
        }
        throw new IllegalArgumentException(
                "fault '" + written + "': " + digits + " is not between " + min + " and " + max);
    }

    private static IllegalArgumentException unknown(String written) {
        return new IllegalArgumentException("fault '" + written
                + "' is not known; known are http-error=STATUS, fail-first=CALLS[:STATUS], slow-headers=MS, buffer=MS,"
                + " error@N, stall@N, truncate@N, cut@N, reset@N, malformed@N, oversize@N=BYTES");
    }
}

package dev.tokentape.cli.client;

/**
 * A connection that is gone.
 *
 * @param why in words for a person
 * @param comeBack whether it makes sense to come back, from the last cursor
 * @param status the HTTP status with which the gateway refused; 0 where it did not
 */
public record LostConnection(String why, boolean comeBack, int status) {

    private static final int OUR_FAULT = 400;
    private static final int THEIR_FAULT = 500;

    /** Broken off, or never there. */
    static LostConnection broken(String why) {
        return new LostConnection(why, true, 0);
    }

    /** Refused; it makes sense to come back where the fault is the gateway's. */
    static LostConnection refused(GatewayProblem problem) {
        int status = problem.status();
        return new LostConnection(
                String.valueOf(problem.getMessage()), status < OUR_FAULT || status >= THEIR_FAULT, status);
    }
}

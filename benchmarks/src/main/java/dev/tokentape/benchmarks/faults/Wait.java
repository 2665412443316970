package dev.tokentape.benchmarks.faults;

/**
 * How long a reader waited after a fault, all in nanoseconds.
 *
 * @param nanos its longest silence
 * @param delivery the part of it after the next event was on the tape: the gateway's and the client's
 * @param leaving from the fault until the client left its connection; 0 if it did not have to
 * @param toTheEnd from the fault to the end of the answer
 */
record Wait(String response, long nanos, long delivery, long leaving, long toTheEnd) {

    Wait withEnd(long nanosToTheEnd) {
        return new Wait(response, nanos, delivery, leaving, nanosToTheEnd);
    }

    double seconds() {
        return nanos / 1e9;
    }
}

package dev.tokentape.simulator.api;

/**
 * What an answer is known by.
 *
 * @param number the number of the call, from 1; ids are made of it
 * @param createdSeconds when it was made, in seconds since 1970
 */
public record AnswerIdentity(long number, long createdSeconds) {

    /** The number in the form in which ids carry it, for example {@code sim000007}. */
    String id() {
        return "sim%06d".formatted(number);
    }
}

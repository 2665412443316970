package dev.tokentape.simulator.answer;

import dev.tokentape.simulator.settings.Fault;

/** One thing that the player of an answer does next. Acts are played, never compared. */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface Act {

    /** Send these bytes, which may be none; with {@code beat}, not before the pace says so. */
    record Send(byte[] bytes, boolean token, boolean beat) implements Act {}

    /** Note that this fault strikes; what follows is its consequence. */
    record Struck(Fault fault) implements Act {}

    /** Say nothing more, and leave the connection open. */
    record Stall() implements Act {}

    /** Report an error as the API does, and end the body. */
    record Fail(byte[] event) implements Act {}

    /** Send these bytes and break the connection off, with the body unfinished; with {@code reset} by a TCP RST. */
    record BreakOff(byte[] bytes, boolean reset) implements Act {}

    /** End the body. */
    record End() implements Act {}
}

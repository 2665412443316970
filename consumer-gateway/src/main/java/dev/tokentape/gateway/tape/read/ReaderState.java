package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.catchup.CatchUpRequest;
import dev.tokentape.gateway.tape.catchup.ScanChain;
import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.wake.Waiter;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where a {@link TapeReader} reads, or what it waits for. */
sealed interface ReaderState {

    /** In the segment. */
    record Live() implements ReaderState {}

    /** At the segment's tail, until history has said whether there are turns from before what is at hand. */
    record Asking(CompletableFuture<List<FinishedAnswer>> answers) implements ReaderState {}

    /** In the segment, though this gateway has not read so far yet; meanwhile Kafka is asked if it has that place. */
    record Ahead(CatchUpRequest check) implements ReaderState {}

    /** Nowhere, until a pass begins. */
    record Waiting(CatchUpRequest request) implements ReaderState {}

    /** In what a pass found. */
    record CatchingUp(ScanChain chain) implements ReaderState {}

    /** It gets the assembled state next, because it cannot go on or asked for that; history is being asked. */
    record Recapping(Recap recap) implements ReaderState {}

    /** In the middle of a state that comes in several frames; then {@code next}. */
    record Telling(Iterator<Frame> frames, ReaderState next) implements ReaderState {}

    /** The one response asked for was read to its end. */
    record Ended() implements ReaderState {}

    /** Lets go what the state holds elsewhere. */
    default void leave(Waiter waiter) {
        switch (this) {
            case Ahead ahead -> ahead.check().withdraw();
            case Waiting waiting -> waiting.request().withdraw();
            case CatchingUp catching -> catching.chain().waiters().remove(waiter);
            case Live _, Asking _, Recapping _, Telling _, Ended _ -> {}
        }
    }
}

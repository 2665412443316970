package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events of one answer that wait to be shown, in their order: each until the text that it is of has its verdict. */
final class WaitingLine {

    /** {@code behind} is the stretch that the event is of, null if it only keeps its place. */
    private record Waiting(TokenEvent event, @Nullable Stretch behind, long characters, long bytes) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long characters;
    private long bytes;

    /** @param takes bytes that the event takes in the answer's record */
    void add(TokenEvent event, @Nullable Stretch behind, long takes) {
        long holds = event instanceof TokenEvent.BlockDelta delta ? delta.text().length() : 0;
        waiting.add(new Waiting(event, behind, holds, takes));
        characters += holds;
        bytes += takes;
    }

    /** The next event whose turn has come; null if there is none. */
    @Nullable
    TokenEvent next() {
        Waiting first = waiting.peekFirst();
        if (first == null || first.behind != null && !first.behind.isSettled()) {
            return null;
        }
        waiting.removeFirst();
        characters -= first.characters;
        bytes -= first.bytes;
        return first.event;
    }

    /** What readers see of a prompt that is not to be shown: that there was one. */
    List<TokenEvent> withheld() {
        List<TokenEvent> withheld = new ArrayList<>();
        for (Waiting its : waiting) {
            if (its.event instanceof TokenEvent.UserMessage said) {
                withheld.add(new TokenEvent.UserMessage(said.envelope(), said.role(), "", said.toolCallId()));
            }
        }
        return withheld;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    long characters() {
        return characters;
    }

    long bytes() {
        return bytes;
    }

    void clear() {
        waiting.clear();
        characters = 0;
        bytes = 0;
    }
}

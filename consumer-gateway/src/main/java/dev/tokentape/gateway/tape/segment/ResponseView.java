package dev.tokentape.gateway.tape.segment;

import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.ResponseAssembler;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer as far as it has come, written by the poll thread and read by any. The lock is held for one event, or for
 * copying the text out.
 */
public final class ResponseView {

    private final String responseId;
    private final boolean begins;
    private final long firstOffset;
    private final String cursorBefore;
    private volatile boolean whole;
    private volatile long terminalOffset = -1;
    private volatile long endedAt;
    private @Nullable ResponseAssembler assembler;
    private long heldCharacters;

    /**
     * @param begins whether the record is the answer's first event
     * @param cursorBefore of the place before it
     */
    ResponseView(String conversationId, TapeRecord first, boolean begins, String cursorBefore) {
        this.responseId = first.event().envelope().responseId();
        this.begins = begins;
        this.firstOffset = first.offset();
        this.cursorBefore = cursorBefore;
        this.assembler = new ResponseAssembler(conversationId, responseId);
        this.whole = begins;
    }

    /** Takes the next event in; returns by how many bytes the view grew. */
    synchronized long accept(TapeRecord record) {
        if (assembler != null) {
            assembler.accept(record.event());
        }
        if (record.event().isTerminal()) {
            endedAt = record.timestamp();
            terminalOffset = record.offset();
        }
        long before = heldCharacters;
        heldCharacters = assembler == null ? 0 : assembler.characters();
        return (heldCharacters - before) * Character.BYTES;
    }

    /** Forgets the text, but not where the answer begins and ends; returns by how many bytes the view shrank. */
    synchronized long dropText() {
        long held = heldCharacters * Character.BYTES;
        assembler = null;
        heldCharacters = 0;
        whole = false;
        return held;
    }

    /** The answer as far as it has come; empty if its text was dropped. */
    public synchronized Optional<Response> response() {
        if (assembler == null) {
            return Optional.empty();
        }
        Response response = assembler.toResponse();
        return Optional.of(
                ended()
                        ? Response.newBuilder(response)
                                .setEndedAt(Instant.ofEpochMilli(endedAt))
                                .build()
                        : response);
    }

    /** Bytes that its text takes, at most. */
    synchronized long bytes() {
        return heldCharacters * Character.BYTES;
    }

    public String responseId() {
        return responseId;
    }

    /** Whether {@link #firstOffset} is that of the answer's first event. */
    public boolean begins() {
        return begins;
    }

    /** Offset of the first event seen. */
    public long firstOffset() {
        return firstOffset;
    }

    /** What was known before the first event seen. */
    public String cursorBefore() {
        return cursorBefore;
    }

    public boolean ended() {
        return terminalOffset >= 0;
    }

    /** Offset of the terminal event; -1 while the answer runs. */
    public long terminalOffset() {
        return terminalOffset;
    }

    /** @param time milliseconds since 1970, by Kafka's timestamps */
    boolean endedBefore(long time) {
        return ended() && endedAt < time;
    }

    /** Whether every event from the first on was taken in, and is still here. */
    public boolean whole() {
        return whole;
    }

    /** Something in the middle was given up. */
    void broken() {
        whole = false;
    }
}

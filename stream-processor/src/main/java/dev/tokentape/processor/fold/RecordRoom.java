package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.PromptTurn;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;

/** What a whole answer takes in its record, prompt and blocks, in bytes, and how much one record holds. */
final class RecordRoom {

    /** For ids, error, usage, verdicts and the like. */
    private static final int SLACK = 48 * 1024;

    private static final int ROOM = RecordLimits.MAX_VALUE_BYTES - SLACK;

    private long promptBytes;
    private long answerBytes;
    private int blocks;

    /** Whether a record holds this prompt. */
    static boolean holds(GenerationRequest whole) {
        return promptBytes(whole, PromptTurn.of(whole)) <= ROOM;
    }

    /** What an event adds. Text stands twice in the record, in its block and joined; notes are entries of their own. */
    static long cost(TokenEvent event) {
        if (!(event instanceof TokenEvent.BlockDelta delta)) {
            return 0;
        }
        long bytes = WireSize.of(delta.text());
        return switch (delta.type()) {
            case TEXT -> 2 * bytes;
            case CITATION, LOGPROBS -> bytes + 8;
            case THINKING, SIGNATURE, INPUT_JSON, REFUSAL, DATA, OTHER -> bytes;
        };
    }

    /** The options are part of the record too, where the answer stops to use tools. */
    private static long promptBytes(GenerationRequest request, PromptTurn turn) {
        return WireSize.of(turn.messages()) + WireSize.ofOptions(request);
    }

    void prompt(GenerationRequest request, PromptTurn turn) {
        promptBytes = promptBytes(request, turn);
    }

    /** The answer begins again, with nothing in it. */
    void restart() {
        answerBytes = 0;
        blocks = 0;
    }

    void add(TokenEvent.BlockStart start) {
        blocks++;
        answerBytes += 2L * WireSize.FRAME
                + WireSize.of(start.text())
                + WireSize.of(start.providerData())
                + WireSize.of(start.toolCallId())
                + WireSize.of(start.toolName());
    }

    void add(TokenEvent.BlockDelta delta) {
        answerBytes += cost(delta);
    }

    /** Whether so many more bytes are too many. */
    boolean isTooSmallFor(long more) {
        return promptBytes + answerBytes + more > ROOM;
    }

    boolean hasTooManyBlocks() {
        return blocks > FoldLimits.MAX_BLOCKS;
    }
}

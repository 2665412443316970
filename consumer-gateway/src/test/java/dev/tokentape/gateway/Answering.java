package dev.tokentape.gateway;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/** One answer, put on the fake tape event by event. */
public final class Answering {

    private final FakeTape tape;
    private final String conversationId;
    private final String responseId;
    private long sequence;
    private int calls;

    public Answering(FakeTape tape, String conversationId, String responseId) {
        this.tape = tape;
        this.conversationId = conversationId;
        this.responseId = responseId;
    }

    public String responseId() {
        return responseId;
    }

    public String prompted(String text) {
        return tape.append(new TokenEvent.UserMessage(envelope(Envelope.NONE), "user", text));
    }

    public String begun() {
        tape.append(
                new TokenEvent.MessageStart(envelope(Envelope.NONE), "assistant", "up-1", "gpt-4o-mini", null, null));
        return tape.append(new TokenEvent.BlockStart(envelope(0), BlockType.TEXT, null, null, null, null, null));
    }

    public String says(String text) {
        return says(text, true);
    }

    public String says(String text, boolean wake) {
        return tape.append(new TokenEvent.BlockDelta(envelope(0), DeltaType.TEXT, text, null), wake);
    }

    public String ends() {
        tape.append(new TokenEvent.BlockStop(envelope(0)));
        Usage usage = Usage.newBuilder().setInputTokens(3L).setOutputTokens(5L).build();
        return tape.append(
                new TokenEvent.MessageStop(envelope(Envelope.NONE), StopReason.END_TURN, "stop", null, usage, null));
    }

    /** A block of thinking, signed, after the first. */
    public Answering thinks(String text) {
        tape.append(new TokenEvent.BlockStart(envelope(1), BlockType.THINKING, null, null, null, null, null));
        tape.append(new TokenEvent.BlockDelta(envelope(1), DeltaType.THINKING, text, null));
        tape.append(new TokenEvent.BlockDelta(envelope(1), DeltaType.SIGNATURE, "c2ln", null));
        tape.append(new TokenEvent.BlockStop(envelope(1)));
        return this;
    }

    /** A call of a tool, in the next block. @param whole whether the provider ended the block */
    public Answering calls(String callId, String arguments, boolean whole) {
        return calls(callId, arguments, whole, null);
    }

    /** The same. @param providerData what else the provider said of the call, JSON */
    Answering calls(String callId, String arguments, boolean whole, @Nullable String providerData) {
        int block = calls++;
        tape.append(new TokenEvent.BlockStart(
                envelope(block), BlockType.TOOL_USE, callId, "look", null, null, providerData));
        tape.append(new TokenEvent.BlockDelta(envelope(block), DeltaType.INPUT_JSON, arguments, null));
        if (whole) {
            tape.append(new TokenEvent.BlockStop(envelope(block)));
        }
        return this;
    }

    public String stopsForTools() {
        return tape.append(new TokenEvent.MessageStop(
                envelope(Envelope.NONE), StopReason.TOOL_USE, "tool_calls", null, null, null));
    }

    /** A whole answer of these words. */
    public Answering whole(String prompt, String... words) {
        prompted(prompt);
        begun();
        for (String word : words) {
            says(word);
        }
        ends();
        return this;
    }

    private Envelope envelope(int block) {
        return FakeTape.envelope(conversationId, responseId, sequence++, block);
    }
}

package dev.tokentape.gateway.tape.read;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;

/** Events of made-up answers. */
public final class Events {

    static final long START_MICROS = 1_800_000_000_000_000L;

    private Events() {}

    /** The event of a sequence in an answer of so many events: user message, start, block, deltas, stops. */
    public static TokenEvent event(String conversation, String response, int sequence, int length) {
        Envelope plain = new Envelope(
                conversation,
                response,
                sequence == 0 ? 0 : 1,
                null,
                sequence,
                0,
                Envelope.NONE,
                START_MICROS,
                START_MICROS + sequence,
                Envelope.NONE,
                "simulator",
                "small");
        if (sequence == 0) {
            return new TokenEvent.UserMessage(plain, "user", "Tell me.");
        }
        if (sequence == length - 1) {
            return new TokenEvent.MessageStop(plain, StopReason.END_TURN, "end_turn", null, null, null);
        }
        Envelope inBlock = plain.withBlock(0, 0);
        return switch (sequence) {
            case 1 -> new TokenEvent.MessageStart(plain, "assistant", "up-1", "small-1", null, null);
            case 2 -> new TokenEvent.BlockStart(inBlock, BlockType.TEXT, null, null, null, null, null);
            default -> new TokenEvent.BlockDelta(inBlock, DeltaType.TEXT, "w" + sequence + " ", null);
        };
    }

    static List<TokenEvent> answer(String conversation, String response, int length) {
        List<TokenEvent> events = new ArrayList<>();
        for (int sequence = 0; sequence < length; sequence++) {
            events.add(event(conversation, response, sequence, length));
        }
        return events;
    }
}

package dev.tokentape.benchmarks.bench;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.UUID;

/** An answer of a made-up model, event by event, as the processor releases it. Not thread-safe. */
final class Telling {

    /** After so many events the answer ends and the next begins, as answers do. */
    static final int EVENTS = 400;

    private static final String[] WORDS = {" the", " tape", " holds", " every", " token", " of", " an", " answer", "."};

    private final String conversation;
    private String response = UUID.randomUUID().toString();
    private long began;
    private int sequence;

    Telling(String conversation) {
        this.conversation = conversation;
    }

    String conversation() {
        return conversation;
    }

    /** @param micros the time, microseconds since 1970 */
    TokenEvent next(long micros) {
        if (sequence == EVENTS) {
            response = UUID.randomUUID().toString();
            sequence = 0;
        }
        if (sequence == 0) {
            began = micros;
        }
        int number = sequence++;
        Envelope envelope = new Envelope(
                conversation,
                response,
                number == 0 ? 0 : 1,
                null,
                number,
                0,
                Envelope.NONE,
                began,
                micros,
                (micros - began) * 1_000,
                "openai",
                "gpt-4o-mini");
        Envelope block = envelope.withBlock(0, 0);
        return switch (number) {
            case 0 -> new TokenEvent.UserMessage(envelope, "user", "Tell me about tapes.");
            case 1 -> new TokenEvent.MessageStart(envelope, "assistant", "chatcmpl-1", "gpt-4o-mini", null, null);
            case 2 -> new TokenEvent.BlockStart(block, BlockType.TEXT, null, null, null, null, null);
            case EVENTS - 2 -> new TokenEvent.BlockStop(block);
            case EVENTS - 1 -> new TokenEvent.MessageStop(envelope, StopReason.END_TURN, "stop", null, null, null);
            default -> new TokenEvent.BlockDelta(block, DeltaType.TEXT, WORDS[number % WORDS.length], null);
        };
    }
}

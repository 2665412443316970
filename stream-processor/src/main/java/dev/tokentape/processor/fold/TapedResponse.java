package dev.tokentape.processor.fold;

import dev.tokentape.processor.metrics.ResponseMeter;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Micros;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.function.Consumer;

/**
 * A response that cannot be folded again, put together from what readers have seen of it on the tape; it ends with an
 * error right behind that. Where its end stands there already, only the answer is told once more.
 */
public final class TapedResponse {

    private final Rebuild.Broken broken;
    private final ResponseAssembler assembler;
    private final ResponseMeter meter = new ResponseMeter();
    private long nextSequence;
    private int attempt = 1;

    public TapedResponse(Rebuild.Broken broken) {
        this.broken = broken;
        this.assembler = new ResponseAssembler(
                broken.key().conversationId(), broken.key().responseId());
    }

    /** Takes the next event of this response on the tape; a stretch that stands there again is passed over. */
    public void accept(TokenEvent event) {
        if (event.envelope().sequence() < nextSequence || assembler.ended()) {
            return;
        }
        nextSequence = event.envelope().sequence() + 1;
        attempt = Math.max(attempt, event.envelope().attempt());
        assembler.accept(event);
        meter.accept(event);
    }

    /**
     * Ends it at a journal record.
     *
     * @param terminalOffset what the stores know of its terminal record; {@link Envelope#NONE} if nothing
     */
    public void end(long terminalOffset, long offset, long time, Consumer<FoldOutcome> sink) {
        boolean endedOnTape = assembler.ended();
        TokenEvent terminal = Endings.notReplayable(ownEnvelope(time), broken.why());
        if (!endedOnTape) {
            accept(terminal);
        }
        Response whole = Response.newBuilder(assembler.toResponse())
                .setEndedAt(Micros.toInstant(time))
                .build();
        long endedAt = endedOnTape && terminalOffset != Envelope.NONE ? terminalOffset : offset;
        sink.accept(
                new FoldOutcome.StoreTurn(broken.key(), endedAt, broken.entry().first(), whole));
        sink.accept(new FoldOutcome.Remember(broken.key(), broken.entry().ended(endedAt, time)));
        if (!endedOnTape) {
            sink.accept(new FoldOutcome.Publish(terminal));
        }
        sink.accept(new FoldOutcome.Complete(whole));
        sink.accept(new FoldOutcome.Measured(meter.measure(whole, attempt)));
    }

    private Envelope ownEnvelope(long time) {
        return new Envelope(
                broken.key().conversationId(),
                broken.key().responseId(),
                attempt,
                null,
                nextSequence,
                0,
                Envelope.NONE,
                broken.entry().firstTime(),
                time,
                Envelope.NONE,
                null,
                null);
    }
}

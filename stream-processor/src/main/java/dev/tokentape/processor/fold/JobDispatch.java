package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.HistoryJoin;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Micros;
import dev.tokentape.schemas.topic.RecordLimits;
import java.util.List;
import java.util.function.ToIntFunction;

/** Hands out a response's current attempt as a job with its history, or ends it where that is too long. */
final class JobDispatch {

    private final FoldLimits limits;
    private final KnownResponses known;
    private final ToIntFunction<GenerationJob> encodedSize;

    /** The history that only its provider understands, such as pictures; left out of jobs that grow too large. */
    private static final long MOST_OPAQUE_CHARACTERS = 4_500_000;

    /** @param encodedSize bytes that a job takes on its topic */
    JobDispatch(FoldLimits limits, KnownResponses known, ToIntFunction<GenerationJob> encodedSize) {
        this.limits = limits;
        this.known = known;
        this.encodedSize = encodedSize;
    }

    void dispatch(ResponseStep at) {
        if (at.replaying()) {
            return;
        }
        OpenResponse response = at.response;
        GenerationRequest request = response.request();
        Envelope own = at.own();
        boolean alone = true;
        for (long opaque : new long[] {MOST_OPAQUE_CHARACTERS, 0}) {
            List<Message> history = request.getJoinHistory()
                    ? HistoryJoin.join(request, known, response.historyBelow, limits.maxHistoryCharacters(), opaque)
                    : List.of();
            if (history == null) {
                at.end(Endings.historyTooLong(own, limits.maxHistoryCharacters()));
                return;
            }
            alone = history.isEmpty();
            GenerationJob job = GenerationJob.newBuilder()
                    .setConversationId(response.key.conversationId())
                    .setResponseId(response.key.responseId())
                    .setAttempt(response.attempt())
                    .setDeadline(Micros.toInstant(at.time() + limits.jobDeadlineMicros()))
                    .setRequest(request)
                    .setHistory(history)
                    .build();
            if (encodedSize.applyAsInt(job) <= RecordLimits.MAX_VALUE_BYTES) {
                at.say(new FoldOutcome.Dispatch(job));
                return;
            }
        }
        at.end(alone ? Endings.requestTooLong(own) : Endings.historyTooLong(own, limits.maxHistoryCharacters()));
    }
}

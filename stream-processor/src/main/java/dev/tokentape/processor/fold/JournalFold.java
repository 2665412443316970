package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.HistoryJoin;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The fold over one journal partition: takes its records in offset order and says what follows from each.
 *
 * <p>It has no clock but the journal's own time, no second input and no chance: the same journal gives the same
 * outcomes, whoever folds it, however often, and from whichever point {@link Rebuild} has put it at. Its memory is the
 * open responses, bounded by {@link FoldLimits}; of those that have ended it knows through {@link KnownResponses} what
 * it has said itself.
 *
 * <p>A response is given to the run that was the first to take the current attempt. That run's events are released in
 * the order of their numbers; a repeat is dropped, a hole costs the run the attempt. Every other run that says it is
 * alive is told to stop. Not thread-safe.
 */
public final class JournalFold {

    private final FoldLimits limits;
    private final int version;
    private final Moderation moderation;
    private final KnownResponses known;
    private final ToIntFunction<GenerationJob> encodedSize;
    private final Map<ResponseKey, OpenResponse> open = new LinkedHashMap<>();
    private final Map<ResponseKey, EarlyCancel> earlyCancels = new HashMap<>();
    private long openCharacters;
    private boolean replaying;

    /** A cancel that entered the journal before the request it is for: they come from two topics. */
    private record EarlyCancel(IndexEntry entry, String reason) {}

    /** @param encodedSize bytes that a job takes on its topic */
    public JournalFold(
            FoldLimits limits, Moderation moderation, KnownResponses known, ToIntFunction<GenerationJob> encodedSize) {
        this.limits = limits;
        this.version = limits.version();
        this.moderation = moderation;
        this.known = known;
        this.encodedSize = encodedSize;
    }

    /**
     * Folds the next record.
     *
     * @param time the journal's time of the record, microseconds since 1970 UTC
     * @param sink is told what follows, in order
     */
    public void apply(long offset, long time, JournalEntry entry, Consumer<Outcome> sink) {
        switch (entry) {
            case JournalEntry.Requested(GenerationRequest request) -> request(offset, time, entry.key(), request, sink);
            case JournalEntry.Ordered(ControlCommand command) -> {
                if (command.getType() == ControlType.CANCEL) {
                    cancel(offset, time, entry.key(), command.getReason(), sink);
                }
            }
            case JournalEntry.Reported(TokenEvent event) -> {
                switch (event) {
                    case TokenEvent.Wake _, TokenEvent.VerdictReached _ -> {}
                    case TokenEvent.AttemptLost e -> attemptLost(offset, time, entry.key(), e, sink);
                    case TokenEvent.Taken e -> taken(offset, time, entry.key(), e, sink);
                    case TokenEvent.Heartbeat e -> heartbeat(offset, time, entry.key(), e, sink);
                    default -> runEvent(offset, time, entry.key(), event, sink);
                }
            }
        }
    }

    /** Open responses, cancels that wait for their request included. */
    public int openCount() {
        return open.size() + earlyCancels.size();
    }

    /** The version that new responses are opened under. */
    public int version() {
        return version;
    }

    /** Shows every open response to the watch. */
    public void observe(Consumer<Observation> watch) {
        open.forEach((key, response) -> watch.accept(new Observation(
                key,
                response.attempt,
                ownerOf(response),
                response.lastSign,
                response.state instanceof RunState.Queued(long deadline) ? deadline : Envelope.NONE,
                response.entry.firstTime())));
        earlyCancels.forEach((key, cancel) -> watch.accept(new Observation(
                key,
                0,
                null,
                Envelope.NONE,
                cancel.entry().firstTime() + limits.jobDeadlineMicros(),
                cancel.entry().firstTime())));
    }

    /**
     * Folds a record of the past again, to have its responses in memory; says nothing that was said before. Admission is
     * not decided anew: whoever is replayed was admitted.
     */
    void replay(long offset, long time, JournalEntry entry, Consumer<Outcome> sink) {
        replaying = true;
        try {
            apply(offset, time, entry, sink);
        } finally {
            replaying = false;
        }
    }

    boolean isOpen(ResponseKey key) {
        return open.containsKey(key) || earlyCancels.containsKey(key);
    }

    private void request(long offset, long time, ResponseKey key, GenerationRequest request, Consumer<Outcome> sink) {
        if (open.containsKey(key)) {
            return;
        }
        EarlyCancel cancel = earlyCancels.remove(key);
        if (cancel == null && isRepeat(key, offset)) {
            return;
        }
        IndexEntry entry = cancel == null ? IndexEntry.opened(offset, time, version) : cancel.entry();
        OpenResponse response = new OpenResponse(
                key, request, offset, entry, new RunState.Queued(time + limits.jobDeadlineMicros()), moderation);
        boolean full = isFull(response);
        open.put(key, response);
        count(response);
        sink.accept(new Outcome.Remember(key, entry));
        admit(offset, time, response, full, cancel, sink);
    }

    private void admit(
            long offset,
            long time,
            OpenResponse response,
            boolean full,
            @Nullable EarlyCancel cancel,
            Consumer<Outcome> sink) {
        Verdict verdict = moderation.promptCheck().judge(response.request);
        Envelope own = response.ownEnvelope(0, time);
        publish(
                response,
                new TokenEvent.UserMessage(
                        own,
                        response.prompt().role(),
                        verdict == null ? response.prompt().text() : ""),
                sink);
        if (cancel != null) {
            end(offset, time, response, Endings.cancelled(own, cancel.reason(), "yes"), sink);
        } else if (verdict != null) {
            publish(response, new TokenEvent.Moderated(own, verdict), sink);
            end(offset, time, response, Endings.cancelled(own, "prompt_blocked", "yes"), sink);
        } else if (full) {
            end(offset, time, response, Endings.overloaded(own, ErrorPhase.QUEUE), sink);
        } else {
            dispatch(offset, time, response, sink);
        }
    }

    private void cancel(long offset, long time, ResponseKey key, String reason, Consumer<Outcome> sink) {
        OpenResponse response = open.get(key);
        if (response == null) {
            if (!earlyCancels.containsKey(key)
                    && !isRepeat(key, offset)
                    && (replaying || earlyCancels.size() < limits.maxOpenResponses())) {
                IndexEntry entry = IndexEntry.opened(offset, time, version);
                earlyCancels.put(key, new EarlyCancel(entry, reason));
                sink.accept(new Outcome.Remember(key, entry));
            }
            return;
        }
        switch (response.state) {
            case RunState.Queued _ -> {
                String billingStops = response.attempt == 1 ? "yes" : "unknown";
                Envelope own = response.ownEnvelope(response.attempt, time);
                end(offset, time, response, Endings.cancelled(own, reason, billingStops), sink);
            }
            case RunState.Running(String runId) -> response.cancelling(runId, reason);
            case RunState.Cancelling _ -> {}
        }
    }

    private void taken(long offset, long time, ResponseKey key, TokenEvent.Taken event, Consumer<Outcome> sink) {
        String runId = event.envelope().runId();
        OpenResponse response = open.get(key);
        if (runId == null || isOwner(response, event.envelope())) {
            return;
        }
        if (response != null
                && response.state instanceof RunState.Queued
                && event.envelope().attempt() == response.attempt) {
            response.state = new RunState.Running(runId);
            response.lastSign = offset;
        } else {
            stop(key, runId, "not_owner", time, sink);
        }
    }

    private void heartbeat(
            long offset, long time, ResponseKey key, TokenEvent.Heartbeat event, Consumer<Outcome> sink) {
        String runId = event.envelope().runId();
        OpenResponse response = open.get(key);
        if (response != null && isOwner(response, event.envelope())) {
            response.lastSign = offset;
            if (event.envelope().sequence() > response.nextRunSequence) {
                loseAttempt(offset, time, response, sink);
            }
        } else if (runId != null) {
            stop(key, runId, "not_owner", time, sink);
        }
    }

    private void runEvent(long offset, long time, ResponseKey key, TokenEvent event, Consumer<Outcome> sink) {
        OpenResponse response = open.get(key);
        if (response == null || !isOwner(response, event.envelope())) {
            return;
        }
        response.lastSign = offset;
        long sequence = event.envelope().sequence();
        if (sequence < response.nextRunSequence) {
            return;
        }
        if (sequence > response.nextRunSequence) {
            loseAttempt(offset, time, response, sink);
            return;
        }
        response.nextRunSequence++;
        if (response.state instanceof RunState.Cancelling cancelling) {
            if (event.isTerminal()) {
                end(offset, time, response, Endings.cancelled(event, cancelling.reason()), sink);
            }
        } else {
            release(offset, time, response, event, sink);
        }
    }

    private void count(OpenResponse response) {
        long now = response.characters();
        openCharacters += now - response.counted;
        response.counted = now;
    }

    private void release(long offset, long time, OpenResponse response, TokenEvent event, Consumer<Outcome> sink) {
        switch (event) {
            case TokenEvent.BlockDelta delta -> {
                if (response.wouldOverflow(delta, limits.maxAnswerCharacters())) {
                    tooLong(offset, time, response, sink);
                } else if (openCharacters > limits.maxOpenCharacters()) {
                    endAndStop(
                            offset,
                            time,
                            response,
                            Endings.overloaded(response.ownEnvelope(response.attempt, time), ErrorPhase.MID_STREAM),
                            sink);
                } else {
                    publishIfAny(response, response.gated(delta), sink);
                }
            }
            case TokenEvent.BlockStop stop -> {
                publishIfAny(response, response.flushed(stop), sink);
                publish(response, stop, sink);
            }
            case TokenEvent.BlockStart start -> {
                response.blockStarted(start);
                if (response.hasTooManyBlocks()) {
                    tooLong(offset, time, response, sink);
                } else {
                    publish(response, start, sink);
                }
            }
            case TokenEvent.MessageStart start -> {
                response.messageStarted();
                publish(response, start, sink);
            }
            case TokenEvent.MessageDelta delta -> publish(response, delta, sink);
            case TokenEvent.MessageStop _, TokenEvent.Failed _, TokenEvent.Cancelled _ -> {
                publishHeld(response, sink);
                end(offset, time, response, event, sink);
            }
            // Not for a run to say; its number is used up all the same.
            case TokenEvent.UserMessage _,
                    TokenEvent.Moderated _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.AttemptLost _,
                    TokenEvent.VerdictReached _,
                    TokenEvent.Wake _ -> {}
        }
    }

    private void tooLong(long offset, long time, OpenResponse response, Consumer<Outcome> sink) {
        Envelope own = response.ownEnvelope(response.attempt, time);
        endAndStop(offset, time, response, Endings.answerTooLong(own, limits.maxAnswerCharacters()), sink);
    }

    /** Ends an answer while its run still speaks. */
    private void endAndStop(
            long offset, long time, OpenResponse response, TokenEvent.Failed terminal, Consumer<Outcome> sink) {
        String owner = ownerOf(response);
        end(offset, time, response, terminal, sink);
        if (owner != null) {
            stop(response.key, owner, terminal.error().getCode(), time, sink);
        }
    }

    private void attemptLost(
            long offset, long time, ResponseKey key, TokenEvent.AttemptLost report, Consumer<Outcome> sink) {
        EarlyCancel cancel = earlyCancels.get(key);
        if (cancel != null && time - cancel.entry().firstTime() >= limits.jobDeadlineMicros()) {
            earlyCancels.remove(key);
            sink.accept(new Outcome.Forget(key));
        }
        OpenResponse response = open.get(key);
        if (response == null) {
            return;
        }
        if (time - response.entry.firstTime() >= limits.maxAnswerMicros()) {
            tooOld(offset, time, response, sink);
            return;
        }
        if (report.envelope().attempt() != response.attempt) {
            return;
        }
        String owner = ownerOf(response);
        if (response.state instanceof RunState.Queued(long deadline)) {
            if (report.envelope().runId() == null && time >= deadline) {
                Envelope own = response.ownEnvelope(response.attempt, time);
                end(offset, time, response, Endings.noProducer(own, limits.jobDeadline()), sink);
            }
        } else if (owner != null
                && owner.equals(report.envelope().runId())
                && report.lastOffset() >= response.lastSign) {
            loseAttempt(offset, time, response, sink);
        }
    }

    private void tooOld(long offset, long time, OpenResponse response, Consumer<Outcome> sink) {
        String owner = ownerOf(response);
        Envelope own = response.ownEnvelope(response.attempt, time);
        if (response.state instanceof RunState.Cancelling cancelling) {
            end(offset, time, response, Endings.cancelled(own, cancelling.reason(), "unknown"), sink);
        } else {
            publishHeld(response, sink);
            end(
                    offset,
                    time,
                    response,
                    Endings.answerTimedOut(own, response.shown(), limits.maxAnswerDuration()),
                    sink);
        }
        if (owner != null) {
            stop(response.key, owner, "answer_timed_out", time, sink);
        }
    }

    /** The owner is gone, or has left a hole: another attempt if that is still honest, else the end. */
    private void loseAttempt(long offset, long time, OpenResponse response, Consumer<Outcome> sink) {
        String owner = ownerOf(response);
        if (owner != null) {
            stop(response.key, owner, "attempt_lost", time, sink);
        }
        if (response.state instanceof RunState.Cancelling cancelling) {
            Envelope own = response.ownEnvelope(response.attempt, time);
            end(offset, time, response, Endings.cancelled(own, cancelling.reason(), "unknown"), sink);
        } else if (response.mayTryAgain()) {
            response.tryAgain(time + limits.jobDeadlineMicros());
            dispatch(offset, time, response, sink);
        } else {
            publishHeld(response, sink);
            Envelope own = response.ownEnvelope(response.attempt, time);
            end(offset, time, response, Endings.producerLost(own, response.shown(), response.attempt), sink);
        }
    }

    private void dispatch(long offset, long time, OpenResponse response, Consumer<Outcome> sink) {
        if (replaying) {
            return;
        }
        GenerationRequest request = response.request;
        Envelope own = response.ownEnvelope(response.attempt, time);
        List<Message> history = request.getJoinHistory()
                ? HistoryJoin.join(request, known, response.requestOffset, limits.maxHistoryCharacters())
                : List.of();
        if (history == null) {
            end(offset, time, response, Endings.historyTooLong(own, limits.maxHistoryCharacters()), sink);
            return;
        }
        GenerationJob job = GenerationJob.newBuilder()
                .setConversationId(response.key.conversationId())
                .setResponseId(response.key.responseId())
                .setAttempt(response.attempt)
                .setDeadline(OpenResponse.instant(time + limits.jobDeadlineMicros()))
                .setRequest(request)
                .setHistory(history)
                .build();
        if (encodedSize.applyAsInt(job) <= RecordLimits.MAX_VALUE_BYTES) {
            sink.accept(new Outcome.Dispatch(job));
        } else if (history.isEmpty()) {
            end(offset, time, response, Endings.requestTooLong(own), sink);
        } else {
            end(offset, time, response, Endings.historyTooLong(own, limits.maxHistoryCharacters()), sink);
        }
    }

    private void publishHeld(OpenResponse response, Consumer<Outcome> sink) {
        for (TokenEvent held : response.flushAll()) {
            publish(response, held, sink);
        }
    }

    private void publishIfAny(OpenResponse response, @Nullable TokenEvent event, Consumer<Outcome> sink) {
        if (event != null) {
            publish(response, event, sink);
        }
    }

    private void publish(OpenResponse response, TokenEvent event, Consumer<Outcome> sink) {
        sink.accept(new Outcome.Publish(response.onTape(event)));
        count(response);
    }

    private void end(long offset, long time, OpenResponse response, TokenEvent terminal, Consumer<Outcome> sink) {
        TokenEvent published = response.onTape(terminal);
        EndedResponse ended = response.ended(time);
        open.remove(response.key);
        openCharacters -= response.counted;
        sink.accept(new Outcome.StoreTurn(response.key, offset, ended.response()));
        sink.accept(new Outcome.Remember(response.key, response.entry.ended(offset, time)));
        sink.accept(new Outcome.Publish(published));
        sink.accept(new Outcome.Complete(ended.response()));
        sink.accept(new Outcome.Measured(ended.metrics()));
    }

    private void stop(ResponseKey key, String runId, String reason, long time, Consumer<Outcome> sink) {
        sink.accept(new Outcome.Stop(ControlCommand.newBuilder()
                .setType(ControlType.STOP_RUN)
                .setConversationId(key.conversationId())
                .setResponseId(key.responseId())
                .setRunId(runId)
                .setReason(reason)
                .setRequestedAt(OpenResponse.instant(time))
                .build()));
    }

    /**
     * Whether an earlier record has made this response known. What the stores know may be ahead of this record, after a
     * crash: then they know of this very record, or of what follows from it.
     */
    private boolean isRepeat(ResponseKey key, long offset) {
        if (replaying) {
            return false;
        }
        IndexEntry entry = known.entry(key);
        if (entry != null && entry.first() <= offset) {
            return entry.first() < offset || !entry.isOpenAt(offset);
        }
        long terminal = known.terminalOffset(key);
        return terminal != Envelope.NONE && terminal < offset;
    }

    private boolean isFull(OpenResponse candidate) {
        return !replaying
                && (open.size() >= limits.maxOpenResponses()
                        || openCharacters + candidate.characters() > limits.maxOpenCharacters());
    }

    private static boolean isOwner(@Nullable OpenResponse response, Envelope envelope) {
        String owner = response == null ? null : ownerOf(response);
        return response != null
                && owner != null
                && owner.equals(envelope.runId())
                && envelope.attempt() == response.attempt;
    }

    private static @Nullable String ownerOf(OpenResponse response) {
        return switch (response.state) {
            case RunState.Queued _ -> null;
            case RunState.Running(String runId) -> runId;
            case RunState.Cancelling cancelling -> cancelling.runId();
        };
    }
}

package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;

/**
 * What becomes of a cancel: a queued response ends at once, of a running one nothing more is shown and its run's last
 * word is waited for. A cancel may enter the journal before its request; then it waits for it, as long as a job would.
 */
final class Cancels {

    private final FoldLimits limits;
    private final int version;
    private final Repeats repeats;
    private final OpenResponses open;
    private final Tape tape;

    Cancels(FoldLimits limits, Repeats repeats, OpenResponses open, Tape tape) {
        this.limits = limits;
        this.version = limits.version();
        this.repeats = repeats;
        this.open = open;
        this.tape = tape;
    }

    void cancel(Step step, ResponseKey key, String reason) {
        OpenResponse response = open.get(key);
        if (response == null) {
            awaitRequest(step, key, reason);
        } else {
            cancel(step, response, response.judgedReason(reason));
        }
    }

    private void cancel(Step step, OpenResponse response, String reason) {
        switch (response.state) {
            case RunState.Awaiting _, RunState.Held _ -> {
                Envelope own = response.ownEnvelope(0, step.time());
                tape.end(step, response, Endings.cancelled(own, reason, "yes"));
            }
            case RunState.Queued _ -> {
                String billingStops = response.attempt == 1 ? "yes" : "unknown";
                Envelope own = response.ownEnvelope(response.attempt, step.time());
                tape.end(step, response, Endings.cancelled(own, reason, billingStops));
            }
            case RunState.Judged(TokenEvent lastWord, long _) ->
                tape.end(step, response, Endings.cancelled(lastWord, reason));
            case RunState.Running(String runId) -> response.cancelling(runId, reason);
            case RunState.Cancelling _ -> {}
        }
    }

    /** Strikes a cancel whose request has not come in time: nobody has ever asked for that answer. */
    void expire(Step step, ResponseKey key) {
        OpenResponses.EarlyCancel cancel = open.earlyCancel(key);
        if (cancel != null && step.time() - cancel.entry().firstTime() >= limits.jobDeadlineMicros()) {
            open.takeEarlyCancel(key);
            step.say(new Outcome.Forget(key));
        }
    }

    private void awaitRequest(Step step, ResponseKey key, String reason) {
        if (open.earlyCancel(key) == null
                && !repeats.isRepeat(step, key)
                && (step.replaying() || open.hasRoomForEarlyCancel())) {
            IndexEntry entry = IndexEntry.opened(step.offset(), step.time(), version);
            open.add(key, new OpenResponses.EarlyCancel(entry, reason));
            step.say(new Outcome.Remember(key, entry));
        }
    }
}

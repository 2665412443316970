package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a cancel: a queued response ends at once, of a running one nothing more is shown and its run's last
 * word is waited for. A cancel may enter the journal before its request; then it waits for it, as long as a job would.
 */
final class Cancels {

    private final FoldLimits limits;
    private final int version;
    private final Repeats repeats;
    private final OpenResponses open;

    Cancels(FoldLimits limits, Repeats repeats, OpenResponses open) {
        this.limits = limits;
        this.version = limits.version();
        this.repeats = repeats;
        this.open = open;
    }

    void cancel(FoldStep step, ResponseKey key, String reason) {
        ResponseStep at = open.at(step, key);
        if (at == null) {
            awaitRequest(step, key, reason);
        } else {
            cancel(at, at.response.judgedReason(reason));
        }
    }

    private static void cancel(ResponseStep at, String reason) {
        TokenEvent end = withoutRun(at, reason);
        if (end != null) {
            at.end(end);
        } else if (at.response.state() instanceof RunState.Running) {
            at.response.life.cancel(reason);
        }
    }

    /** How a response ends that is cancelled while no run works on it; null if one does. */
    static @Nullable TokenEvent withoutRun(ResponseStep at, String reason) {
        return switch (at.response.state()) {
            case RunState.Awaiting _, RunState.Held _ -> Endings.cancelled(at.ofPrompt(), reason, "yes");
            case RunState.Queued _ -> {
                String billingStops = at.response.attempt() == 1 ? "yes" : "unknown";
                yield Endings.cancelled(at.own(), reason, billingStops);
            }
            case RunState.Judged(TokenEvent lastWord, long _) -> Endings.cancelled(lastWord, reason);
            case RunState.Running _, RunState.Cancelling _ -> null;
        };
    }

    /** Strikes a cancel whose request has not come in time: nobody has ever asked for that answer. */
    void expire(FoldStep step, ResponseKey key) {
        OpenResponses.EarlyCancel cancel = open.earlyCancel(key);
        if (cancel != null && step.time() - cancel.entry().firstTime() >= limits.jobDeadlineMicros()) {
            open.takeEarlyCancel(key);
            step.say(new FoldOutcome.Forget(key));
        }
    }

    private void awaitRequest(FoldStep step, ResponseKey key, String reason) {
        if (open.earlyCancel(key) == null
                && !repeats.isRepeat(step, key)
                && (step.replaying() || open.hasRoomForEarlyCancel())) {
            IndexEntry entry = IndexEntry.opened(step.offset(), step.time(), version);
            open.add(key, new OpenResponses.EarlyCancel(entry, reason));
            step.say(new FoldOutcome.Remember(key, entry));
        }
    }
}

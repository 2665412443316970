package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.TokenEvent;

/**
 * Which run may speak for a response: the first to take the current attempt owns it. Its events are taken in the order
 * of their numbers, a repeat is dropped, a hole costs it the attempt. Every other run that says it is alive is told to
 * stop.
 */
final class Runs {

    private final OpenResponses open;
    private final Attempts attempts;
    private final Release release;

    Runs(OpenResponses open, Attempts attempts, Release release) {
        this.open = open;
        this.attempts = attempts;
        this.release = release;
    }

    void taken(FoldStep step, ResponseKey key, TokenEvent.Taken event) {
        String runId = event.envelope().runId();
        ResponseStep at = open.at(step, key);
        if (runId == null || at != null && at.response.life.isOwnedBy(event.envelope())) {
            return;
        }
        if (at != null
                && at.response.state() instanceof RunState.Queued
                && event.envelope().attempt() == at.response.attempt()) {
            at.response.life.take(runId, step.offset());
        } else {
            step.stop(key, runId, "not_owner");
        }
    }

    void heartbeat(FoldStep step, ResponseKey key, TokenEvent.Heartbeat event) {
        String runId = event.envelope().runId();
        ResponseStep at = open.at(step, key);
        if (at != null && at.response.life.isOwnedBy(event.envelope())) {
            at.response.life.heard(step.offset());
            if (at.response.life.missingBefore(event.envelope().sequence()) > 0) {
                attempts.lost(at);
            }
        } else if (runId != null) {
            step.stop(key, runId, "not_owner");
        }
    }

    /** An event of the provider, as a run reports it. */
    void event(FoldStep step, ResponseKey key, TokenEvent event) {
        ResponseStep at = open.at(step, key);
        if (at == null || !at.response.life.isOwnedBy(event.envelope())) {
            return;
        }
        OpenResponse response = at.response;
        response.life.heard(step.offset());
        long missing = response.life.missingBefore(event.envelope().sequence());
        if (missing < 0) {
            return;
        }
        if (missing > 0) {
            attempts.lost(at);
            return;
        }
        response.life.advance();
        if (response.state() instanceof RunState.Cancelling cancelling) {
            if (event.isTerminal()) {
                at.end(Endings.cancelled(event, cancelling.reason()));
            }
        } else {
            release.release(at, event);
        }
    }
}

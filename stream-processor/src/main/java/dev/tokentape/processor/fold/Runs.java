package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.TokenEvent;

/**
 * Which run may speak for a response: the first to take the current attempt owns it. Its events are taken in the order
 * of their numbers, a repeat is dropped, a hole costs it the attempt. Every other run that says it is alive is told to
 * stop.
 */
final class Runs {

    private final OpenResponses open;
    private final Tape tape;
    private final Attempts attempts;
    private final Release release;

    Runs(OpenResponses open, Tape tape, Attempts attempts, Release release) {
        this.open = open;
        this.tape = tape;
        this.attempts = attempts;
        this.release = release;
    }

    void taken(Step step, ResponseKey key, TokenEvent.Taken event) {
        String runId = event.envelope().runId();
        OpenResponse response = open.get(key);
        if (runId == null || response != null && response.isOwnedBy(event.envelope())) {
            return;
        }
        if (response != null
                && response.state instanceof RunState.Queued
                && event.envelope().attempt() == response.attempt) {
            response.state = new RunState.Running(runId);
            response.lastSign = step.offset();
        } else {
            tape.stop(step, key, runId, "not_owner");
        }
    }

    void heartbeat(Step step, ResponseKey key, TokenEvent.Heartbeat event) {
        String runId = event.envelope().runId();
        OpenResponse response = open.get(key);
        if (response != null && response.isOwnedBy(event.envelope())) {
            response.lastSign = step.offset();
            if (event.envelope().sequence() > response.nextRunSequence) {
                attempts.lost(step, response);
            }
        } else if (runId != null) {
            tape.stop(step, key, runId, "not_owner");
        }
    }

    /** An event of the provider, as a run reports it. */
    void event(Step step, ResponseKey key, TokenEvent event) {
        OpenResponse response = open.get(key);
        if (response == null || !response.isOwnedBy(event.envelope())) {
            return;
        }
        response.lastSign = step.offset();
        long sequence = event.envelope().sequence();
        if (sequence < response.nextRunSequence) {
            return;
        }
        if (sequence > response.nextRunSequence) {
            attempts.lost(step, response);
            return;
        }
        response.nextRunSequence++;
        if (response.state instanceof RunState.Cancelling cancelling) {
            if (event.isTerminal()) {
                tape.end(step, response, Endings.cancelled(event, cancelling.reason()));
            }
        } else {
            release.release(step, response, event);
        }
    }
}

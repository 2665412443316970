package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.TokenEvent;

/**
 * Who is working on an open response.
 *
 * <pre>
 *   tool results ──▶ Awaiting ──last result──▶ Queued, or Held
 *                      └─cancel, deadline──▶ ended
 *
 *   request ──▶ Held ──verdict──▶ Queued
 *                └─objection, cancel, deadline──▶ ended
 *
 *   request ──▶ Queued ──taken──▶ Running ──terminal──▶ ended
 *                 │  ▲               │ │
 *                 │  └─attempt lost──┘ └─cancel──▶ Cancelling ──terminal, or run lost──▶ ended (cancelled)
 *                 └─cancel, deadline──▶ ended
 *
 *   Running ──terminal, verdicts missing──▶ Judged ──last verdict, cancel, deadline──▶ ended
 * </pre>
 *
 * An ended response has no state: it leaves the fold.
 */
sealed interface RunState {

    /**
     * It goes on from tool calls of which some have no result yet.
     *
     * @param deadline journal time in microseconds after which the rest is not waited for any more
     */
    record Awaiting(long deadline, ToolTurn turn) implements RunState {}

    /**
     * What it is asked is whole, but a moderation service has not judged it yet: no job has been handed out.
     *
     * @param deadline journal time in microseconds until which verdicts are waited for
     */
    record Held(long deadline) implements RunState {}

    /**
     * Its job waits for a producer.
     *
     * @param deadline journal time in microseconds after which nobody may take it any more
     */
    record Queued(long deadline) implements RunState {}

    /** This run owns the attempt: it was the first to take it. */
    record Running(String runId) implements RunState {}

    /**
     * Its run has ended, a moderation service has not judged all of it yet.
     *
     * @param lastWord the run's terminal event
     * @param deadline journal time in microseconds until which verdicts are waited for
     */
    record Judged(TokenEvent lastWord, long deadline) implements RunState {}

    /** It was cancelled while this run worked on it; nothing more is shown, the run's last word is waited for. */
    record Cancelling(String runId, String reason) implements RunState {}
}

package dev.tokentape.processor.fold;

/**
 * Who is working on an open response.
 *
 * <pre>
 *   tool results ──▶ Awaiting ──last result──▶ Queued
 *                      └─cancel, deadline──▶ ended
 *
 *   request ──▶ Queued ──taken──▶ Running ──terminal──▶ ended
 *                 │  ▲               │ │
 *                 │  └─attempt lost──┘ └─cancel──▶ Cancelling ──terminal, or run lost──▶ ended (cancelled)
 *                 └─cancel, deadline──▶ ended
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
     * Its job waits for a producer.
     *
     * @param deadline journal time in microseconds after which nobody may take it any more
     */
    record Queued(long deadline) implements RunState {}

    /** This run owns the attempt: it was the first to take it. */
    record Running(String runId) implements RunState {}

    /** It was cancelled while this run worked on it; nothing more is shown, the run's last word is waited for. */
    record Cancelling(String runId, String reason) implements RunState {}
}

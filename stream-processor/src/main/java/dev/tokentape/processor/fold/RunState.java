package dev.tokentape.processor.fold;

/**
 * Who is working on an open response.
 *
 * <pre>
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

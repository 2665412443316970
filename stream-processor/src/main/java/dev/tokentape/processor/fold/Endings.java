package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;

/** The terminal events that the fold itself decides on, with what each tells people. */
final class Endings {

    static final String BLOCKED = "blocked";

    private Endings() {}

    static TokenEvent noProducer(Envelope envelope, Duration deadline) {
        return failed(
                envelope,
                ErrorPhase.QUEUE,
                "no_producer",
                "No producer took the job within %d s. Check that producers run and have free places, then ask again."
                        .formatted(deadline.toSeconds()),
                true);
    }

    static TokenEvent nothingToContinue(Envelope envelope) {
        return failed(
                envelope,
                ErrorPhase.QUEUE,
                "nothing_to_continue",
                "The answer that these tool results are for is unknown, or did not end with a whole tool "
                        + "call. Send results only for calls of an ended answer of this conversation.",
                false);
    }

    static TokenEvent toolResultsMissing(Envelope envelope, int missing, Duration deadline) {
        return failed(
                envelope,
                ErrorPhase.QUEUE,
                "tool_results_missing",
                ("%d of the tool calls got no result within %d s of the first one. Ask again, or send the "
                                + "whole conversation with its results as messages.")
                        .formatted(missing, deadline.toSeconds()),
                false);
    }

    static TokenEvent producerLost(Envelope envelope, boolean shown, int attempts) {
        return failed(
                envelope,
                shown ? ErrorPhase.MID_STREAM : ErrorPhase.BEFORE_OUTPUT,
                "producer_lost",
                shown
                        ? "The producer died in the middle of the answer. Ask again, or ask with "
                                + "on_attempt_lost=restart."
                        : "The producers of %d attempts died before the first token. Ask again.".formatted(attempts),
                true);
    }

    static TokenEvent.Failed answerTooLong(Envelope envelope, long maxCharacters) {
        return failed(
                envelope,
                ErrorPhase.MID_STREAM,
                "answer_too_long",
                ("The answer is longer than the limit of %d characters, or than one record holds. Ask for "
                                + "less with max_tokens.")
                        .formatted(maxCharacters),
                false);
    }

    /** Of an answer with a picture or sound in it, which no bound on its tokens makes smaller. */
    static TokenEvent.Failed mediaTooLong(Envelope envelope, long maxCharacters) {
        return failed(
                envelope,
                ErrorPhase.MID_STREAM,
                "answer_too_long",
                ("A picture or sound is longer than an answer may be, %d characters of base64 or about %d MB."
                                + " Ask for a smaller or more compressed one (size, quality, jpeg or webp; a"
                                + " compressed sound), for fewer in one answer, or for its address.")
                        .formatted(maxCharacters, maxCharacters * 3 / 4 / 1_000_000),
                false);
    }

    static TokenEvent answerTimedOut(Envelope envelope, boolean shown, Duration limit) {
        return failed(
                envelope,
                shown ? ErrorPhase.MID_STREAM : ErrorPhase.BEFORE_OUTPUT,
                "answer_timed_out",
                "The answer took longer than the limit of %d s.".formatted(limit.toSeconds()),
                true);
    }

    static TokenEvent historyTooLong(Envelope envelope, long maxCharacters) {
        return failed(
                envelope,
                ErrorPhase.QUEUE,
                "history_too_long",
                ("The conversation's history is longer than the limit of %d characters, or than one record"
                                + " holds. Start a new conversation, or send shortened messages with"
                                + " join_history=false.")
                        .formatted(maxCharacters),
                false);
    }

    static TokenEvent requestTooLong(Envelope envelope) {
        return failed(
                envelope,
                ErrorPhase.QUEUE,
                "request_too_long",
                "The request is larger than one record holds. Send less, or images as addresses.",
                false);
    }

    static TokenEvent.Failed overloaded(Envelope envelope, ErrorPhase phase) {
        return failed(
                envelope,
                phase,
                "overloaded",
                "Too many answers are open on this conversation's partition. Ask again later.",
                true);
    }

    static TokenEvent notReplayable(Envelope envelope, String why) {
        return failed(
                envelope,
                ErrorPhase.MID_STREAM,
                "processor_restarted",
                "The answer could not be taken up again after a restart of the processor: " + why + ". Ask again.",
                true);
    }

    /** The end of an answer whose prompt must not be answered: nobody has been asked. */
    static TokenEvent promptBlocked(Envelope envelope) {
        return new TokenEvent.Cancelled(envelope, "prompt_blocked", "yes", null, true);
    }

    /** The end of an answer that moderation has ended while its run could still speak. */
    static TokenEvent blocked(Envelope envelope) {
        return new TokenEvent.Cancelled(envelope, BLOCKED, "unknown", null, true);
    }

    /** The end of an answer that moderation has ended at its run's last word. */
    static TokenEvent blocked(TokenEvent lastWord) {
        TokenEvent.Cancelled end = cancelled(lastWord, BLOCKED);
        return new TokenEvent.Cancelled(end.envelope(), BLOCKED, end.billingStops(), end.usage(), true);
    }

    /** A cancel's end without a word of the provider. */
    static TokenEvent cancelled(Envelope envelope, String reason, String billingStops) {
        return new TokenEvent.Cancelled(envelope, reason, billingStops, null);
    }

    /** A cancel's end with the run's last word: whatever it was, readers had been told that the answer is cancelled. */
    static TokenEvent.Cancelled cancelled(TokenEvent lastWord, String reason) {
        Envelope envelope = lastWord.envelope();
        return switch (lastWord) {
            case TokenEvent.Cancelled e -> new TokenEvent.Cancelled(envelope, reason, e.billingStops(), e.usage());
            // The model had said everything before the connection could be closed.
            case TokenEvent.MessageStop e -> new TokenEvent.Cancelled(envelope, reason, "no", e.usage());
            case TokenEvent.Failed e -> new TokenEvent.Cancelled(envelope, reason, "unknown", e.usage());
            default -> throw new IllegalArgumentException(lastWord.getClass() + " ends nothing");
        };
    }

    private static TokenEvent.Failed failed(
            Envelope envelope, ErrorPhase phase, String code, String message, boolean retryable) {
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(phase)
                .setCode(code)
                .setMessage(message)
                .setRetryable(retryable)
                .build();
        return new TokenEvent.Failed(envelope, error, null);
    }
}

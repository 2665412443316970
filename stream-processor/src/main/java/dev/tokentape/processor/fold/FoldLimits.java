package dev.tokentape.processor.fold;

import java.time.Duration;
import java.util.Objects;

/**
 * The bounds that the fold decides by. They are part of its {@link #version}: answers that were opened under other
 * bounds are not folded again under these.
 *
 * @param jobDeadline how long an attempt may wait for a producer, by journal time
 * @param maxAnswerDuration how long an answer may take in all, by journal time
 * @param toolResultsDeadline how long the results of an answer's tool calls are waited for after the first of them, by
 *     journal time; shorter than {@code maxAnswerDuration}, which counts from there too
 * @param maxAnswerCharacters most characters of one answer
 * @param maxHistoryCharacters most characters of history joined to one job
 * @param maxOpenResponses most answers open at once in one partition; further requests are refused
 * @param maxOpenCharacters most characters, prompts and answers together, held for one partition's open answers
 */
public record FoldLimits(
        Duration jobDeadline,
        Duration maxAnswerDuration,
        Duration toolResultsDeadline,
        long maxAnswerCharacters,
        long maxHistoryCharacters,
        int maxOpenResponses,
        long maxOpenCharacters) {

    /** Raised with every change of the fold's code that can change what it publishes. */
    static final int CODE_VERSION = 6;

    /** Attempts at one answer. */
    static final int MAX_ATTEMPTS = 3;

    /** Content blocks of one answer, over all choices. */
    static final int MAX_BLOCKS = 10_000;

    /** How long, in journal time, a prompt or an answer whose run has ended may wait for verdicts. */
    static final long VERDICT_PATIENCE_MICROS = 60_000_000;

    public static FoldLimits standard() {
        return new FoldLimits(
                Duration.ofSeconds(60),
                Duration.ofMinutes(20),
                Duration.ofMinutes(15),
                4_000_000,
                2_000_000,
                10_000,
                64L * 1024 * 1024);
    }

    /** Equal only where the same journal is sure to give the same tape. */
    public int version() {
        return Objects.hash(
                CODE_VERSION,
                jobDeadline.toNanos(),
                maxAnswerDuration.toNanos(),
                toolResultsDeadline.toNanos(),
                maxAnswerCharacters,
                maxHistoryCharacters,
                maxOpenResponses,
                maxOpenCharacters);
    }

    long jobDeadlineMicros() {
        return jobDeadline.toNanos() / 1000;
    }

    long toolResultsMicros() {
        return toolResultsDeadline.toNanos() / 1000;
    }

    long maxAnswerMicros() {
        return maxAnswerDuration.toNanos() / 1000;
    }
}

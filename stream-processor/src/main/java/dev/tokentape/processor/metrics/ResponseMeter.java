package dev.tokentape.processor.metrics;

import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Micros;
import dev.tokentape.schemas.event.Outcomes;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.Words;
import org.jspecify.annotations.Nullable;

/**
 * The stop-watch of one answer: feed it every released event in order, and read the answer's figures when it has ended.
 *
 * <p>All figures come from the producer's monotonic clock ({@link Envelope#elapsedNanos}) and are those of the last
 * attempt. A token here is a non-empty delta of text, thinking, tool input, refusal or data; signatures, citations and
 * log probabilities accompany tokens and are none themselves. Not thread-safe.
 */
public final class ResponseMeter {

    private static final double NANOS = 1e9;
    private static final int NONE = Envelope.NONE;

    private long requestedAt = NONE;
    private long firstChunk = NONE;
    private long firstToken = NONE;
    private long firstOutput = NONE;
    private long lastToken = NONE;
    private long termination = NONE;
    private long deltas;
    private boolean thinkingShown;
    private Gaps gaps = new Gaps();

    /** Takes the next event. */
    public void accept(TokenEvent event) {
        long elapsed = event.envelope().elapsedNanos();
        switch (event) {
            case TokenEvent.MessageStart e -> {
                restart(e.envelope().requestedAt());
                chunk(elapsed);
            }
            case TokenEvent.BlockDelta e -> {
                chunk(elapsed);
                if (elapsed != NONE && isToken(e)) {
                    token(e.type(), elapsed);
                }
            }
            case TokenEvent.BlockStart _, TokenEvent.BlockStop _, TokenEvent.MessageDelta _ -> chunk(elapsed);
            case TokenEvent.MessageStop _ -> {
                chunk(elapsed);
                termination = elapsed;
            }
            case TokenEvent.Failed _, TokenEvent.Cancelled _ -> termination = elapsed;
            case TokenEvent.UserMessage _,
                    TokenEvent.Moderated _,
                    TokenEvent.ConversationDeleted _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.AttemptLost _,
                    TokenEvent.VerdictReached _,
                    TokenEvent.Wake _ -> {}
        }
    }

    /**
     * The figures of an answer that has ended.
     *
     * @param attempts how many attempts were dispatched
     */
    public ResponseMetrics measure(Response ended, int attempts) {
        ResponseOutcome known = Outcomes.of(ended);
        ResponseOutcome outcome = known == null ? ResponseOutcome.OTHER : known;
        boolean whole = switch (outcome) {
            case BLOCKED, CONTENT_FILTER, CANCELLED -> false;
            case COMPLETED, MAX_TOKENS, TOOL_USE, PAUSE_TURN, REFUSAL, FAILED, OTHER -> true;
        };
        Usage usage = ended.getUsage();
        Double lastTokenSeconds = whole ? seconds(lastToken) : null;
        Double perToken = whole ? perOutputToken(usage) : null;
        Long tokens = outputTokens(usage);
        return ResponseMetrics.newBuilder()
                .setConversationId(ended.getConversationId())
                .setResponseId(ended.getResponseId())
                .setAttempts(attempts)
                .setProvider(ended.getProvider())
                .setModel(ended.getModel())
                .setServedModel(ended.getServedModel())
                .setOutcome(Words.of(outcome))
                .setErrorCode(outcome == ResponseOutcome.FAILED ? errorCode(ended) : null)
                .setRequestedAt(requestedAt == NONE ? ended.getRequestedAt() : Micros.toInstant(requestedAt))
                .setTimeToFirstChunk(seconds(firstChunk))
                .setTimeToFirstToken(seconds(firstToken))
                .setTimeToFirstOutput(seconds(firstOutput))
                .setTimeToLastToken(lastTokenSeconds)
                .setTimeToTermination(seconds(termination))
                .setTimeBetweenTokensP50(gaps.isEmpty() ? null : gaps.quantile(0.5))
                .setTimeBetweenTokensP95(gaps.isEmpty() ? null : gaps.quantile(0.95))
                .setTimeBetweenTokensMax(gaps.isEmpty() ? null : gaps.longest())
                .setTimeBetweenTokensDeviation(gaps.isEmpty() ? null : gaps.deviation())
                .setTimeBetweenTokensSketch(gaps.isEmpty() ? null : gaps.serialized())
                .setTimePerOutputToken(perToken)
                .setTokensPerSecondDecode(perToken == null ? null : 1 / perToken)
                .setTokensPerSecondEndToEnd(
                        lastTokenSeconds == null || lastTokenSeconds == 0 || tokens == null
                                ? null
                                : tokens / lastTokenSeconds)
                .setDeltas(deltas)
                .setUsage(usage)
                .build();
    }

    private void restart(long sentAt) {
        requestedAt = sentAt;
        firstChunk = NONE;
        firstToken = NONE;
        firstOutput = NONE;
        lastToken = NONE;
        deltas = 0;
        thinkingShown = false;
        gaps = new Gaps();
    }

    private void chunk(long elapsed) {
        firstChunk = firstChunk == NONE ? elapsed : firstChunk;
    }

    private void token(DeltaType type, long elapsed) {
        deltas++;
        if (firstToken == NONE) {
            firstToken = elapsed;
        } else {
            gaps.add((elapsed - lastToken) / NANOS);
        }
        lastToken = elapsed;
        thinkingShown |= type == DeltaType.THINKING;
        if (firstOutput == NONE && (type == DeltaType.TEXT || type == DeltaType.REFUSAL)) {
            firstOutput = elapsed;
        }
    }

    /** Absent where it would mislead: one token or one chunk, a count that is not final, thinking that nobody saw. */
    private @Nullable Double perOutputToken(@Nullable Usage usage) {
        Long tokens = outputTokens(usage);
        if (tokens == null || tokens < 2 || lastToken <= firstToken || thinkingHidden(usage)) {
            return null;
        }
        return (lastToken - firstToken) / NANOS / (tokens - 1);
    }

    private boolean thinkingHidden(@Nullable Usage usage) {
        Long thought = usage == null ? null : usage.getReasoningOutputTokens();
        return thought != null && thought > 0 && !thinkingShown;
    }

    private static @Nullable Long outputTokens(@Nullable Usage usage) {
        return usage == null || !usage.getComplete() ? null : usage.getOutputTokens();
    }

    private static boolean isToken(TokenEvent.BlockDelta delta) {
        return switch (delta.type()) {
            case TEXT, THINKING, INPUT_JSON, REFUSAL, DATA -> !delta.text().isEmpty();
            case SIGNATURE, CITATION, LOGPROBS, OTHER -> false;
        };
    }

    private static @Nullable String errorCode(Response ended) {
        return ended.getError() != null ? ended.getError().getCode() : ended.getRawStopReason();
    }

    private static @Nullable Double seconds(long nanos) {
        return nanos == NONE ? null : nanos / NANOS;
    }
}

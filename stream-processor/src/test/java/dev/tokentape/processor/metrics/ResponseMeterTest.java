package dev.tokentape.processor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.datadoghq.sketch.ddsketch.DDSketch;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.codec.TrustedClasses;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import java.nio.ByteBuffer;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every figure against one worked out by hand; times in milliseconds since the upstream request was sent. */
class ResponseMeterTest {

    private static final Offset<Double> EXACT = within(1e-12);

    static {
        TrustedClasses.ensure();
    }

    private final ResponseMeter meter = new ResponseMeter();
    private final ResponseAssembler assembler = new ResponseAssembler("c1", "r1");

    private ResponseMeterTest started(long atMillis) {
        return feed(new TokenEvent.MessageStart(at(atMillis), "assistant", null, null, null, null));
    }

    private ResponseMeterTest delta(long atMillis, DeltaType type, String text) {
        return feed(new TokenEvent.BlockDelta(at(atMillis).withBlock(0, 0), type, text, null));
    }

    private ResponseMeterTest text(long atMillis) {
        return delta(atMillis, DeltaType.TEXT, "x");
    }

    private ResponseMetrics stopped(long atMillis, StopReason reason, @Nullable Usage usage) {
        feed(new TokenEvent.MessageStop(at(atMillis), reason, "raw", null, usage, null));
        return measured();
    }

    private ResponseMetrics measured() {
        return meter.measure(assembler.toResponse(), 1);
    }

    private ResponseMeterTest feed(TokenEvent event) {
        meter.accept(event);
        assembler.accept(event);
        return this;
    }

    private static Envelope at(long millis) {
        return new Envelope(
                "c1", "r1", 1, "run", 0, 0, Envelope.NONE, 7_000_000, 7_000_000, millis * 1_000_000, "p", "m");
    }

    private static Usage tokens(long output) {
        return Usage.newBuilder().setOutputTokens(output).build();
    }

    @Test
    void aPlainAnswersTimesAreCountedFromTheRequest() {
        // Given
        started(100).feed(new TokenEvent.BlockStart(at(110), BlockType.TEXT, null, null, null, null, null));
        text(200).text(300).text(600);

        // When
        ResponseMetrics metrics = stopped(650, StopReason.END_TURN, tokens(5));

        // Then
        assertThat(metrics.getOutcome()).isEqualTo("completed");
        assertThat(metrics.getTimeToFirstChunk()).isEqualTo(0.1, EXACT);
        assertThat(metrics.getTimeToFirstToken()).isEqualTo(0.2, EXACT);
        assertThat(metrics.getTimeToFirstOutput()).isEqualTo(0.2, EXACT);
        assertThat(metrics.getTimeToLastToken()).isEqualTo(0.6, EXACT);
        assertThat(metrics.getTimeToTermination()).isEqualTo(0.65, EXACT);
        assertThat(metrics.getDeltas()).isEqualTo(3);
        assertThat(metrics.getRequestedAt().getEpochSecond()).isEqualTo(7);
        // (600 - 200) ms over the four tokens after the first
        assertThat(metrics.getTimePerOutputToken()).isEqualTo(0.1, EXACT);
        assertThat(metrics.getTokensPerSecondDecode()).isEqualTo(10, EXACT);
        // five tokens in 600 ms
        assertThat(metrics.getTokensPerSecondEndToEnd()).isEqualTo(5 / 0.6, EXACT);
    }

    @Test
    void theGapsBetweenTokensHaveTheirQuantilesMaximumAndDeviation() {
        // Given gaps of 100, 100 and 400 ms
        started(0).text(100).text(200).text(300).text(700);

        // When
        ResponseMetrics metrics = stopped(700, StopReason.END_TURN, null);

        // Then
        assertThat(metrics.getTimeBetweenTokensP50()).isCloseTo(0.1, within(0.001));
        assertThat(metrics.getTimeBetweenTokensMax()).isEqualTo(0.4, EXACT);
        // mean 200 ms; squares 100², 100², 200²; root of their mean
        assertThat(metrics.getTimeBetweenTokensDeviation()).isEqualTo(Math.sqrt(0.06 / 3), EXACT);
    }

    @Test
    void theHighQuantileIsWithinOnePercent() {
        // Given 100 gaps of 1 to 100 ms
        started(0);
        long at = 0;
        text(at);
        for (int gap = 1; gap <= 100; gap++) {
            at += gap;
            text(at);
        }

        // When
        ResponseMetrics metrics = stopped(at, StopReason.END_TURN, null);

        // Then
        assertThat(metrics.getTimeBetweenTokensP95()).isCloseTo(0.095, within(0.095 * 0.011));
    }

    @Test
    void theSketchIsInTheProtobufFormOfTheLibraries() {
        // Given
        started(0).text(100).text(200);

        // When
        ByteBuffer sketch = stopped(200, StopReason.END_TURN, null).getTimeBetweenTokensSketch();

        // Then field 1, the index mapping, comes first, length-delimited
        assertThat(sketch).isNotNull();
        assertThat(sketch.get(sketch.position())).isEqualTo((byte) 0x0a);
        assertThat(sketch.remaining()).isLessThan(DDSketch.balanced(0.01).serializedSize() + 64);
    }

    @Test
    void oneTokenHasNoGapsAndNoTimePerToken() {
        // Given
        started(10).text(100);

        // When
        ResponseMetrics metrics = stopped(120, StopReason.END_TURN, tokens(1));

        // Then
        assertThat(metrics.getTimeBetweenTokensP50()).isNull();
        assertThat(metrics.getTimeBetweenTokensSketch()).isNull();
        assertThat(metrics.getTimePerOutputToken()).isNull();
        assertThat(metrics.getTokensPerSecondDecode()).isNull();
        assertThat(metrics.getTimeToLastToken()).isEqualTo(0.1, EXACT);
    }

    @Test
    void manyTokensInOneChunkHaveNoTimePerToken() {
        // Given
        started(10).text(100);

        // When
        ResponseMetrics metrics = stopped(120, StopReason.END_TURN, tokens(50));

        // Then
        assertThat(metrics.getTimePerOutputToken()).isNull();
        assertThat(metrics.getTokensPerSecondEndToEnd()).isEqualTo(500, EXACT);
    }

    @Test
    void emptyDeltasAndWhatAccompaniesTokensAreNoTokens() {
        // Given
        started(10).delta(20, DeltaType.TEXT, "").text(100).delta(100, DeltaType.LOGPROBS, "{}");
        delta(150, DeltaType.CITATION, "{}").delta(160, DeltaType.SIGNATURE, "s");

        // When
        ResponseMetrics metrics = stopped(200, StopReason.END_TURN, null);

        // Then
        assertThat(metrics.getDeltas()).isEqualTo(1);
        assertThat(metrics.getTimeToFirstToken()).isEqualTo(0.1, EXACT);
        assertThat(metrics.getTimeToLastToken()).isEqualTo(0.1, EXACT);
    }

    @Test
    void aToolCallAloneHasATokenButNoOutput() {
        // Given
        started(10).delta(50, DeltaType.INPUT_JSON, "{").delta(90, DeltaType.INPUT_JSON, "}");

        // When
        ResponseMetrics metrics = stopped(100, StopReason.TOOL_USE, tokens(3));

        // Then
        assertThat(metrics.getOutcome()).isEqualTo("tool_use");
        assertThat(metrics.getTimeToFirstToken()).isEqualTo(0.05, EXACT);
        assertThat(metrics.getTimeToFirstOutput()).isNull();
    }

    @Test
    void shownThinkingIsATokenBeforeTheFirstOutput() {
        // Given
        started(10).delta(50, DeltaType.THINKING, "hm").text(90);

        // When
        ResponseMetrics metrics = stopped(
                100,
                StopReason.END_TURN,
                Usage.newBuilder()
                        .setOutputTokens(3L)
                        .setReasoningOutputTokens(2L)
                        .build());

        // Then
        assertThat(metrics.getTimeToFirstToken()).isEqualTo(0.05, EXACT);
        assertThat(metrics.getTimeToFirstOutput()).isEqualTo(0.09, EXACT);
        assertThat(metrics.getTimePerOutputToken()).isEqualTo(0.02, EXACT);
    }

    @Test
    void hiddenThinkingLeavesTheTimePerTokenOut() {
        // Given
        started(10).text(900).text(1000);

        // When
        ResponseMetrics metrics = stopped(
                1000,
                StopReason.END_TURN,
                Usage.newBuilder()
                        .setOutputTokens(100L)
                        .setReasoningOutputTokens(98L)
                        .build());

        // Then
        assertThat(metrics.getTimePerOutputToken()).isNull();
        assertThat(metrics.getTokensPerSecondEndToEnd()).isEqualTo(100, EXACT);
    }

    @Test
    void aCancelledAnswerStaysOutOfLastTokenAndTimePerToken() {
        // Given
        started(10).text(100).text(200);

        // When
        ResponseMetrics metrics =
                feed(new TokenEvent.Cancelled(at(250), "why", "yes", tokens(2))).measured();

        // Then
        assertThat(metrics.getOutcome()).isEqualTo("cancelled");
        assertThat(metrics.getTimeToLastToken()).isNull();
        assertThat(metrics.getTimePerOutputToken()).isNull();
        assertThat(metrics.getTokensPerSecondEndToEnd()).isNull();
        assertThat(metrics.getTimeToTermination()).isEqualTo(0.25, EXACT);
    }

    @Test
    void aBlockedAnswerStaysOutToo() {
        // Given
        started(10).text(100).text(200);
        feed(new TokenEvent.Moderated(
                at(210),
                Verdict.newBuilder()
                        .setAction("block")
                        .setRuleId("r")
                        .setCategory("c")
                        .build()));

        // When
        ResponseMetrics metrics = feed(new TokenEvent.Cancelled(at(250), "blocked", "no", tokens(2), true))
                .measured();

        // Then
        assertThat(metrics.getOutcome()).isEqualTo("blocked");
        assertThat(metrics.getTimeToLastToken()).isNull();
    }

    @Test
    void anAnswerThatTheProvidersFilterStoppedStaysOutToo() {
        // Given
        started(10).text(100).text(200);

        // When
        ResponseMetrics metrics = stopped(250, StopReason.CONTENT_FILTER, tokens(2));

        // Then
        assertThat(metrics.getOutcome()).isEqualTo("content_filter");
        assertThat(metrics.getTimeToLastToken()).isNull();
        assertThat(metrics.getErrorCode()).isNull();
    }

    @Test
    void aFailedAnswerNamesItsError() {
        // Given
        started(10).text(100).text(200);
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(ErrorPhase.MID_STREAM)
                .setCode("overloaded_error")
                .setMessage("m")
                .build();

        // When
        ResponseMetrics metrics =
                feed(new TokenEvent.Failed(at(250), error, null)).measured();

        // Then
        assertThat(metrics.getOutcome()).isEqualTo("failed");
        assertThat(metrics.getErrorCode()).isEqualTo("overloaded_error");
        assertThat(metrics.getTimePerOutputToken()).isNull();
    }

    @Test
    void anAnswerCutByItsLengthSaysSo() {
        // Given
        started(10).text(100);

        // When
        ResponseMetrics metrics = stopped(100, StopReason.MAX_TOKENS, null);

        // Then
        assertThat(metrics.getOutcome()).isEqualTo("max_tokens");
    }

    @Test
    void theFiguresAreThoseOfTheLastAttempt() {
        // Given
        started(10).text(100).text(200);
        started(5).text(50);

        // When
        ResponseMetrics metrics = stopped(60, StopReason.END_TURN, null);

        // Then
        assertThat(metrics.getTimeToFirstChunk()).isEqualTo(0.005, EXACT);
        assertThat(metrics.getDeltas()).isEqualTo(1);
        assertThat(metrics.getTimeBetweenTokensMax()).isNull();
    }

    @Test
    void anAnswerThatNeverReachedAProviderHasNoTimes() {
        // Given an answer that ends in the queue

        // When
        ResponseMetrics metrics = feed(new TokenEvent.Cancelled(
                        Envelope.ofSystem("c1", "r1", 0, 9_000_000), "client_request", "yes", null))
                .measured();

        // Then
        assertThat(metrics.getTimeToFirstChunk()).isNull();
        assertThat(metrics.getTimeToTermination()).isNull();
        assertThat(metrics.getRequestedAt().getEpochSecond()).isEqualTo(9);
    }
}

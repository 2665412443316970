package dev.tokentape.producer.testing;

import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call that does what its script says, and remembers how it was cancelled. */
public final class FakeCall implements UpstreamCall {

    /** What a call does when it is run. */
    @FunctionalInterface
    public interface Script {
        void play(FakeCall call) throws InterruptedException;
    }

    private final GenerationJob job;
    private final String runId;
    private final EventSink sink;
    private final Cancellation cancellation;
    private final Script script;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long cancelledAtNanos;
    private volatile @Nullable Duration retryAfter;

    FakeCall(GenerationJob job, String runId, EventSink sink, Cancellation cancellation, Script script) {
        this.job = job;
        this.runId = runId;
        this.sink = sink;
        this.cancellation = cancellation;
        this.script = script;
    }

    @Override
    public void run() throws InterruptedException {
        started.countDown();
        try (var _ = cancellation.closing(this::closed)) {
            script.play(this);
        } finally {
            ended.countDown();
        }
    }

    private void closed() {
        cancelledAtNanos = System.nanoTime();
        released.countDown();
    }

    /** Waits until the test lets go, or somebody cancels. */
    public void hold() throws InterruptedException {
        released.await();
    }

    public void letGo() {
        released.countDown();
    }

    /** A whole answer in these pieces. */
    public void answer(String... pieces) throws InterruptedException {
        begin();
        for (String piece : pieces) {
            piece(piece);
        }
        finish();
    }

    public void begin() throws InterruptedException {
        sink.emit(new TokenEvent.MessageStart(envelope(Envelope.NONE), "assistant", "up-1", "model-1", null, null));
        sink.emit(new TokenEvent.BlockStart(envelope(0), BlockType.TEXT, null, null, null, null, null));
    }

    public void piece(String text) throws InterruptedException {
        sink.emit(new TokenEvent.BlockDelta(envelope(0), DeltaType.TEXT, text, null));
    }

    /** The end: whole, or cancelled if somebody did. */
    public void finish() throws InterruptedException {
        String reason = cancellation.reason();
        if (reason == null) {
            sink.emit(new TokenEvent.BlockStop(envelope(0)));
            sink.emit(
                    new TokenEvent.MessageStop(envelope(Envelope.NONE), StopReason.END_TURN, "stop", null, null, null));
        } else {
            sink.emit(new TokenEvent.Cancelled(envelope(Envelope.NONE), reason, "yes", null));
        }
    }

    /** The beginning of an answer, without any output. */
    public void start() throws InterruptedException {
        sink.emit(new TokenEvent.MessageStart(envelope(Envelope.NONE), "assistant", "up-1", "model-1", null, null));
    }

    /** The end by a failure. */
    public void fail(String code, @Nullable Integer status, boolean retryable) throws InterruptedException {
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(ErrorPhase.BEFORE_OUTPUT)
                .setCode(code)
                .setMessage("It failed")
                .setHttpStatus(status)
                .setRetryable(retryable)
                .build();
        sink.emit(new TokenEvent.Failed(envelope(Envelope.NONE), error, null));
    }

    /** The end by a failure, after which the provider wants to be left alone for a while. */
    public void failAsking(Duration wait) throws InterruptedException {
        retryAfter = wait;
        fail("rate_limit_error", 429, true);
    }

    /** The whole end, with what the answer took. */
    public void finish(long inputTokens, long outputTokens) throws InterruptedException {
        Usage usage = Usage.newBuilder()
                .setInputTokens(inputTokens)
                .setOutputTokens(outputTokens)
                .setComplete(true)
                .build();
        sink.emit(new TokenEvent.MessageStop(envelope(Envelope.NONE), StopReason.END_TURN, "stop", null, usage, null));
    }

    @Override
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    public GenerationJob job() {
        return job;
    }

    public String runId() {
        return runId;
    }

    /** Null while nobody has cancelled. */
    public @Nullable String cancelReason() {
        return cancellation.reason();
    }

    public long cancelledAtNanos() {
        return cancelledAtNanos;
    }

    public boolean awaitStart() throws InterruptedException {
        return started.await(30, TimeUnit.SECONDS);
    }

    public boolean awaitEnd() throws InterruptedException {
        return ended.await(30, TimeUnit.SECONDS);
    }

    private Envelope envelope(int block) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return new Envelope(
                job.getConversationId(),
                job.getResponseId(),
                job.getAttempt(),
                runId,
                -7, // Whatever a provider puts here is ignored.
                0,
                block,
                now,
                now,
                1_000,
                job.getRequest().getProvider(),
                job.getRequest().getModel());
    }
}

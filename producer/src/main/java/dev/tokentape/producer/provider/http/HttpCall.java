package dev.tokentape.producer.provider.http;

import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.MadeCallId;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.api.RunStamp;
import dev.tokentape.producer.provider.config.ProviderConfig;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.producer.provider.wire.ArrivingSource;
import dev.tokentape.producer.provider.wire.BodyReader;
import dev.tokentape.producer.provider.wire.EventStream;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Response;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP call of an LLM API. {@link #run} owns everything but the cancellation, which any thread may use; closing the
 * connection is what wakes the running thread.
 */
final class HttpCall implements UpstreamCall {

    private final ProviderConfig config;
    private final Call call;
    private final EventSink sink;
    private final Cancellation cancellation;
    private final Queue<TokenEvent> written = new ArrayDeque<>();
    private final RunStamp stamp;
    private final Answer answer;
    private final AtomicBoolean ran = new AtomicBoolean();
    private volatile boolean connected;
    private long startNanos;
    private boolean simulated;
    private volatile @Nullable Duration retryAfter;

    HttpCall(
            ProviderConfig config,
            Call call,
            GenerationJob job,
            String runId,
            EventSink sink,
            Cancellation cancellation) {
        this.config = config;
        this.call = call;
        this.sink = sink;
        this.cancellation = cancellation;
        this.stamp = RunStamp.of(job, runId, config.name());
        ToolNames names = config.toolNames(job);
        this.answer = new Answer(stamp, config.limits(), event -> {
            if (cancellation.reason() == null || event.isTerminal()) {
                TokenEvent told = names.told(config.redacted(MadeCallId.completed(event)));
                written.add(simulated ? Simulated.marked(told) : told);
            }
        });
        call.addEventListener(new EventListener() {
            @Override
            public void requestHeadersStart(Call started) {
                connected = true;
            }
        });
    }

    @Override
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public void run() throws InterruptedException {
        if (!ran.compareAndSet(false, true)) {
            throw new IllegalStateException("a call runs once");
        }
        startNanos = System.nanoTime();
        stamp.requested(nowMicros());
        try (var _ = cancellation.closing(call::cancel)) {
            converse();
        }
        EventStream.drain(written, sink);
    }

    private void converse() throws InterruptedException {
        if (config.lacksKey()) {
            answer.fail(ErrorPhase.BEFORE_OUTPUT, "missing_key", missingKey(), null, false);
        }
        if (cancellation.reason() == null && !answer.ended()) {
            try (Response response = call.execute()) {
                arrived();
                simulated = Simulated.is(response);
                if (response.isSuccessful()
                        && !HttpErrors.isDocument(response, config.api().framing())) {
                    read(response);
                } else {
                    retryAfter = HttpErrors.fail(answer, response, config.api());
                }
            } catch (IOException e) {
                failed(e);
            }
        }
        String reason = cancellation.reason();
        if (reason != null && !answer.ended()) {
            arrived();
            answer.cancel(reason, config.billingStops());
        }
    }

    private void read(Response response) throws InterruptedException {
        Reducer reducer = config.api().reducer(answer);
        Timeout timeout = response.body().source().timeout();
        Patience patience = new Patience(
                config.firstByteTimeout(),
                config.betweenTokensTimeout(),
                config.maxAnswerDuration(),
                config.pingsCount(),
                startNanos);
        Source arriving = new ArrivingSource(response.body().source(), new ArrivingSource.Arrivals() {
            @Override
            public void waiting() throws IOException {
                long left = patience.left(System.nanoTime());
                if (left == 0) {
                    throw new SocketTimeoutException("the answer takes too long");
                }
                timeout.timeout(left, TimeUnit.NANOSECONDS);
            }

            @Override
            public void arrived() {
                patience.bytes(System.nanoTime());
                HttpCall.this.arrived();
            }
        });
        BodyReader body =
                BodyReader.of(config.api().framing(), arriving, config.limits().eventBytes());
        EventStream stream = new EventStream(body, answer, reducer, written, event -> {
            patience.output(System.nanoTime());
            sink.emit(event);
        });
        try {
            stream.read();
        } catch (InterruptedException e) {
            call.cancel();
            throw e;
        }
        if (cancellation.reason() == null) {
            arrived();
            stream.finish(() -> patience.lateness(System.nanoTime(), config.name()));
        }
    }

    /** Before or without an answer's first byte. */
    private void failed(IOException e) throws InterruptedException {
        if (cancellation.reason() != null) {
            return;
        }
        if (Thread.interrupted() || e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
            InterruptedException interruption = new InterruptedException("interrupted while calling " + config.name());
            interruption.initCause(e);
            throw interruption;
        }
        arrived();
        boolean late = e instanceof SocketTimeoutException;
        if (connected) {
            answer.fail(
                    ErrorPhase.BEFORE_OUTPUT,
                    late ? "upstream_timeout" : "upstream_disconnected",
                    late
                            ? Patience.silence(config.name(), config.firstByteTimeout())
                            : "%s closed the connection without an answer. Ask again.".formatted(config.name()),
                    null,
                    true);
        } else {
            String why = late
                    ? "no connection within " + Patience.seconds(config.connectTimeout())
                    : e.getClass().getSimpleName();
            String hint = late ? " Else raise provider.%s.connect-timeout.".formatted(config.name()) : "";
            answer.fail(
                    ErrorPhase.CONNECT,
                    late ? "connect_timeout" : "connect_failed",
                    "%s cannot be reached at %s (%s). Is provider.%s.base-url right, and is it up?%s"
                            .formatted(config.name(), config.baseUrl(), why, config.name(), hint),
                    null,
                    true);
        }
    }

    private String missingKey() {
        return config.keyVariable() == null
                ? "No key for %s. Name its environment variable in provider.%s.key-variable."
                        .formatted(config.name(), config.name())
                : "No key for %s. Set the environment variable %s%s."
                        .formatted(
                                config.name(),
                                config.keyVariable(),
                                config.api().signedByAws() ? ", or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" : "");
    }

    private void arrived() {
        stamp.received(nowMicros(), System.nanoTime() - startNanos);
    }

    private static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public String toString() {
        return "HttpCall[%s]".formatted(config.name());
    }
}

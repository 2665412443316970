package dev.tokentape.producer.upstream;

import dev.tokentape.producer.policy.RetryPolicy;
import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All calls for one answer: at its provider, again after failures that pass, then at the fallback the request names;
 * only until the first output, and as one answer with one beginning and one end.
 *
 * <pre>
 *  for the provider, then the fallback:
 *      for each try:  turnstile ─▶ circuit ─▶ call ─▶ output? then this is the answer
 *                         │           │         └ failed before: wait, try again, or give up
 *                         └ busy ─────┴ open: give up
 * </pre>
 */
final class AnswerCall implements UpstreamCall {
    private static final Logger log = LoggerFactory.getLogger(AnswerCall.class);

    private final Upstreams upstreams;
    private final GenerationJob job;
    private final String runId;
    private final EventSink sink;
    private final Supplier<Envelope> now;
    private final RunPlace place;
    private final Cancellation cancellation;

    AnswerCall(
            Upstreams upstreams,
            GenerationJob job,
            String runId,
            EventSink sink,
            Supplier<Envelope> now,
            RunPlace place,
            Cancellation cancellation) {
        this.upstreams = upstreams;
        this.job = job;
        this.runId = runId;
        this.sink = sink;
        this.now = now;
        this.place = place;
        this.cancellation = cancellation;
    }

    @Override
    public void run() throws InterruptedException {
        GenerationJob other = Fallback.of(job);
        Lost lost = other == null ? null : unfit(other);
        if (lost != null) {
            sink.emit(lost.failed());
            return;
        }
        lost = serve(job, null);
        if (lost == null) {
            return;
        }
        if (other != null && cancellation.reason() == null) {
            GenerationRequest first = job.getRequest();
            Origin from = new Origin(
                    first.getProvider(), first.getModel(), lost.failed().error().getCode());
            upstreams.metrics().fellBack(first.getProvider());
            log.atInfo()
                    .addKeyValue("conversation", job.getConversationId())
                    .addKeyValue("response", job.getResponseId())
                    .addKeyValue("provider", first.getProvider())
                    .addKeyValue("code", from.code())
                    .addKeyValue("run", runId)
                    .addKeyValue("fallback", other.getRequest().getProvider())
                    .log("the call failed before its first output; going on with the fallback");
            lost = serve(other, from);
            if (lost == null) {
                return;
            }
            lost = lost.because(
                    "Before that %s, %s failed by %s.".formatted(from.provider(), from.model(), from.code()));
        }
        for (TokenEvent event : lost.before()) {
            sink.emit(event);
        }
        sink.emit(lost.failed());
    }

    /** Makes the calls at one provider; null if the answer has ended, well or not. */
    private @Nullable Lost serve(GenerationJob asked, @Nullable Origin from) throws InterruptedException {
        String name = asked.getRequest().getProvider();
        Optional<Provider> provider = upstreams.named(name);
        if (provider.isEmpty()) {
            return lost(
                    asked,
                    ErrorPhase.CONNECT,
                    "unknown_provider",
                    "No provider '%s' is configured; there are %s"
                            .formatted(name, String.join(", ", upstreams.names())),
                    false);
        }
        try (Turnstile.Visit visit = upstreams.turnstile(provider.get()).visit(place, cancellation)) {
            return serve(asked, from, provider.get(), visit);
        }
    }

    private @Nullable Lost serve(GenerationJob asked, @Nullable Origin from, Provider provider, Turnstile.Visit visit)
            throws InterruptedException {
        RetryPolicy policy = provider.policy().retry();
        long estimate = TokenEstimate.of(asked);
        long start = upstreams.nanos();
        for (int tries = 1; ; tries++) {
            switch (visit.enter(estimate)) {
                case Turnstile.Entry.Busy busy -> {
                    return lost(
                            asked,
                            ErrorPhase.BEFORE_OUTPUT,
                            "provider_busy",
                            "%s is busy: %s. Ask again later.".formatted(provider.name(), busy.because()),
                            true);
                }
                case Turnstile.Entry.Cancelled _ -> {
                    cancelled(asked);
                    return null;
                }
                case Turnstile.Entry.Open _ -> {}
            }
            Tried tried = attempt(asked, from, provider, visit);
            if (tried.lost == null) {
                return null;
            }
            Duration elapsed = Duration.ofNanos(upstreams.nanos() - start);
            boolean retryable = tried.made && tried.lost.failed().error().getRetryable();
            switch (policy.after(
                    tries,
                    elapsed,
                    retryable,
                    tried.retryAfter,
                    ThreadLocalRandom.current().nextDouble())) {
                case RetryPolicy.Decision.GiveUp giveUp -> {
                    return tried.lost.because(giveUp.because());
                }
                case RetryPolicy.Decision.Again again -> {
                    upstreams.metrics().retried(provider.name());
                    if (!cancellation.pause(again.after())) {
                        cancelled(asked);
                        return null;
                    }
                }
            }
        }
    }

    /**
     * What came of one try.
     *
     * @param lost null if the answer has ended
     * @param made whether there was a call
     */
    private record Tried(
            @Nullable Lost lost, boolean made, @Nullable Duration retryAfter) {}

    private Tried attempt(GenerationJob asked, @Nullable Origin from, Provider provider, Turnstile.Visit visit)
            throws InterruptedException {
        CircuitBreaker circuit = upstreams.circuit(provider, asked.getRequest().getModel());
        long pass = circuit.pass(upstreams.nanos());
        if (pass == CircuitBreaker.REFUSED) {
            visit.notUsed();
            upstreams.metrics().circuitRefused(provider.name());
            return new Tried(
                    lost(
                            asked,
                            ErrorPhase.BEFORE_OUTPUT,
                            "circuit_open",
                            "%s failed too often lately with model %s; it is not called for a while. Ask again later."
                                    .formatted(
                                            provider.name(), asked.getRequest().getModel()),
                            true),
                    false,
                    null);
        }
        FirstOutput output = new FirstOutput(
                sink, from, () -> circuit.report(pass, CircuitBreaker.Report.WORKED, upstreams.nanos()));
        PausedTurn turn = new PausedTurn(asked, output);
        CircuitBreaker.Report report = CircuitBreaker.Report.SAYS_NOTHING;
        try {
            UpstreamCall call;
            try {
                call = provider.prepare(asked, runId, turn, cancellation);
            } catch (UnsupportedRequestException e) {
                visit.notUsed();
                return new Tried(
                        lost(
                                asked,
                                ErrorPhase.OTHER,
                                "unsupported_request",
                                "%s: %s".formatted(e.field(), e.getMessage()),
                                false),
                        false,
                        null);
            }
            call.run();
            goOn(provider, turn);
            Lost lost = output.lost();
            if (lost != null && isTheProvidersFault(lost.failed().error()) || output.brokeOff()) {
                report = CircuitBreaker.Report.FAILED;
            }
            visit.used(output.tokens());
            return new Tried(lost, true, call.retryAfter());
        } finally {
            circuit.report(pass, report, upstreams.nanos());
        }
    }

    /** Makes further calls for a turn that its provider pauses. */
    private void goOn(Provider provider, PausedTurn turn) throws InterruptedException {
        for (GenerationJob next = turn.next(); next != null; next = turn.next()) {
            UpstreamCall call;
            try {
                call = provider.prepare(next, runId, turn, cancellation);
            } catch (UnsupportedRequestException _) {
                // What the turn has so far cannot be given back; it ends paused.
                break;
            }
            call.run();
        }
        turn.end();
    }

    /** A provider that refuses what was asked, or asks for patience, works. */
    private static boolean isTheProvidersFault(ErrorInfo error) {
        Integer status = error.getHttpStatus();
        return error.getRetryable() && (status == null || status >= 500);
    }

    /** What keeps the fallback from being asked, found before anybody is; null for nothing. */
    private @Nullable Lost unfit(GenerationJob other) {
        Optional<Provider> provider = upstreams.named(other.getRequest().getProvider());
        try {
            provider.ifPresent(known -> known.check(other));
            return null;
        } catch (UnsupportedRequestException e) {
            return lost(
                    job,
                    ErrorPhase.OTHER,
                    "unsupported_request",
                    "%s: the fallback cannot do what is asked: %s. Name it in fallback.leave_out, or choose another."
                            .formatted(e.field(), e.getMessage()),
                    false);
        }
    }

    private Lost lost(GenerationJob asked, ErrorPhase phase, String code, String message, boolean retryable) {
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(phase)
                .setCode(code)
                .setMessage(message)
                .setRetryable(retryable)
                .build();
        return new Lost(new TokenEvent.Failed(envelope(asked), error, null), List.of());
    }

    /** Ends the answer between two calls, when nothing is running that could cost anything. */
    private void cancelled(GenerationJob asked) throws InterruptedException {
        sink.emit(new TokenEvent.Cancelled(envelope(asked), String.valueOf(cancellation.reason()), "yes", null));
    }

    private Envelope envelope(GenerationJob asked) {
        return now.get()
                .withServedBy(
                        asked.getRequest().getProvider(), asked.getRequest().getModel());
    }
}

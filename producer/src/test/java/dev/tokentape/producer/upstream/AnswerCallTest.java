package dev.tokentape.producer.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.policy.CallPolicy;
import dev.tokentape.producer.policy.CircuitPolicy;
import dev.tokentape.producer.policy.RetryPolicy;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnswerCallTest extends AnswerCallScenario {

    @Test
    void aFailureBeforeTheOutputIsTriedAgainAndNobodySeesTwoBeginnings() throws Exception {
        // Given
        AtomicInteger tries = new AtomicInteger();
        FakeProvider provider = provider(call -> {
            if (tries.incrementAndGet() < 3) {
                call.start();
                call.fail("overloaded_error", null, true);
            } else {
                call.answer("Hello");
            }
        });

        // When
        call(Jobs.job("c-1"), provider).run();

        // Then
        assertThat(kinds()).containsExactly("MessageStart", "BlockStart", "BlockDelta", "BlockStop", "MessageStop");
        assertThat(provider.calls()).hasSize(3);
        assertThat(meters.counter("tokentape.producer.retries", "provider", "fake")
                        .count())
                .isEqualTo(2);
    }

    @Test
    void anAnswerThatBeginsTwiceBeforeItSaysAnythingHasBegunOnce() throws Exception {
        // Given
        FakeProvider provider = provider(call -> {
            call.start();
            call.answer("Hello");
        });

        // When
        call(Jobs.job("c-1"), provider).run();

        // Then
        assertThat(kinds()).containsExactly("MessageStart", "BlockStart", "BlockDelta", "BlockStop", "MessageStop");
    }

    @Test
    void theLastFailureIsTheAnswersEndWithAllThatCameBefore() throws Exception {
        // Given
        FakeProvider provider = provider(call -> {
            call.start();
            call.fail("overloaded_error", 529, true);
        });

        // When
        call(Jobs.job("c-1"), provider).run();

        // Then
        assertThat(kinds()).containsExactly("MessageStart", "Failed");
        assertThat(provider.calls()).hasSize(3);
        assertThat(error().getCode()).isEqualTo("overloaded_error");
        assertThat(error().getMessage()).isEqualTo("It failed. Tried 3 times.");
    }

    @Test
    void aFailureThatDoesNotPassIsTheEndAtOnce() throws Exception {
        // Given
        FakeProvider provider = provider(call -> call.fail("authentication_error", 401, false));

        // When
        call(Jobs.job("c-1"), provider).run();

        // Then
        assertThat(provider.calls()).hasSize(1);
        assertThat(error().getMessage()).isEqualTo("It failed");
    }

    @Test
    void nothingIsTriedAgainAfterTheFirstOutput() throws Exception {
        // Given
        FakeProvider provider = provider(call -> {
            call.begin();
            call.piece("Hel");
            call.fail("overloaded_error", null, true);
        });

        // When
        call(falling(Jobs.job("c-1"), "fake", "model-2"), provider).run();

        // Then
        assertThat(provider.calls()).hasSize(1);
        assertThat(kinds()).containsExactly("MessageStart", "BlockStart", "BlockDelta", "Failed");
    }

    @Test
    void aWishLongerThanTheBoundFailsAtOnce() throws Exception {
        // Given
        FakeProvider provider = provider(call -> call.failAsking(Duration.ofSeconds(21)));

        // When
        call(Jobs.job("c-1"), provider).run();

        // Then
        assertThat(provider.calls()).hasSize(1);
        assertThat(error().getMessage()).contains("asks to wait 21 s");
    }

    @Test
    void aCancelWhileWaitingForTheNextTryEndsItAtOnceWithoutACall() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(
                FakeProvider.NAME, policy(0, 0, PATIENT), call -> call.fail("overloaded_error", 529, true));
        UpstreamCall call = call(Jobs.job("c-1"), provider);
        Thread running = start(call);
        await().atMost(SOON)
                .until(() -> meters.counter("tokentape.producer.retries", "provider", "fake")
                                .count()
                        == 1);

        // When
        call.cancel("client_request");

        // Then
        assertThat(running.join(SOON)).isTrue();
        assertThat(provider.calls()).hasSize(1);
        assertThat(events).singleElement().isInstanceOfSatisfying(TokenEvent.Cancelled.class, cancelled -> {
            assertThat(cancelled.reason()).isEqualTo("client_request");
            assertThat(cancelled.billingStops()).isEqualTo("yes");
        });
    }

    @Test
    void aCancelBeforeTheRunPreventsTheCall() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(FakeProvider.NAME, policy(1, 0, QUICK), call -> call.answer("x"));
        UpstreamCall call = call(Jobs.job("c-1"), provider);
        call.cancel("client_request");

        // When
        call.run();

        // Then
        assertThat(events).last().isInstanceOf(TokenEvent.Cancelled.class);
        assertThat(kinds()).doesNotContain("BlockDelta");
    }

    @Test
    void theFallbackServesWhereTheFirstProviderFailsAndTheEventsSaySo() throws Exception {
        // Given
        FakeProvider first = new FakeProvider("first", policy(0, 0, QUICK), call -> {
            call.start();
            call.fail("overloaded_error", 529, true);
        });
        FakeProvider second = new FakeProvider("second", policy(0, 0, QUICK), call -> call.answer("Hello"));
        GenerationJob job = falling(jobFor("first"), "second", "model-2");

        // When
        call(job, first, second).run();

        // Then
        assertThat(first.calls()).hasSize(3);
        assertThat(kinds()).containsExactly("MessageStart", "BlockStart", "BlockDelta", "BlockStop", "MessageStop");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.envelope().provider()).isEqualTo("second");
            assertThat(event.envelope().model()).isEqualTo("model-2");
        });
        assertThat(((TokenEvent.MessageStart) events.getFirst()).providerData())
                .isEqualTo("{\"fallback_from\":{\"provider\":\"first\",\"model\":\"model-1\","
                        + "\"code\":\"overloaded_error\"}}");
        assertThat(meters.counter("tokentape.producer.fallbacks", "provider", "first")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whereBothFailTheEndTellsOfBoth() throws Exception {
        // Given
        FakeProvider first =
                new FakeProvider("first", policy(0, 0, QUICK), call -> call.fail("not_found_error", 404, false));
        FakeProvider second =
                new FakeProvider("second", policy(0, 0, QUICK), call -> call.fail("permission_error", 403, false));
        GenerationJob job = falling(jobFor("first"), "second", "model-2");

        // When
        call(job, first, second).run();

        // Then
        assertThat(error().getCode()).isEqualTo("permission_error");
        assertThat(error().getMessage()).contains("Before that first, model-1 failed by not_found_error.");
        assertThat(events.getLast().envelope().provider()).isEqualTo("second");
    }

    @Test
    void anUnknownProviderFallsBackToo() throws Exception {
        // Given
        FakeProvider second = new FakeProvider("second", policy(0, 0, QUICK), call -> call.answer("Hello"));
        GenerationJob job = falling(jobFor("nobody"), "second", "model-2");

        // When
        call(job, second).run();

        // Then
        assertThat(((TokenEvent.MessageStart) events.getFirst()).providerData()).contains("unknown_provider");
    }

    @Test
    void aCancelledAnswerDoesNotFallBack() throws Exception {
        // Given
        FakeProvider first = new FakeProvider("first", policy(0, 0, QUICK), call -> {
            call.hold();
            call.finish();
        });
        FakeProvider second = new FakeProvider("second", policy(0, 0, QUICK), call -> call.answer("Hello"));
        UpstreamCall call = call(falling(jobFor("first"), "second", "model-2"), first, second);
        Thread running = start(call);
        first.nextCall();

        // When
        call.cancel("client_request");

        // Then
        assertThat(running.join(SOON)).isTrue();
        assertThat(second.calls()).isEmpty();
        assertThat(kinds()).containsExactly("Cancelled");
    }

    @Test
    void anOpenCircuitFailsWithoutACallAndOnlyForItsModel() throws Exception {
        // Given
        CircuitPolicy circuit = new CircuitPolicy(50, 2, Duration.ofMinutes(1), Duration.ofMinutes(1));
        RetryPolicy once = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        CallPolicy policy = new CallPolicy(0, 10, SOON, 0, 0, once, circuit);
        FakeProvider provider =
                new FakeProvider(FakeProvider.NAME, policy, call -> call.fail("upstream_timeout", null, true));
        Upstreams upstreams = upstreams(provider);
        prepare(upstreams, Jobs.job("c-1")).run();
        prepare(upstreams, Jobs.job("c-1")).run();
        events.clear();

        // When
        prepare(upstreams, Jobs.job("c-1")).run();
        GenerationJob job = Jobs.job("c-1");
        GenerationRequest request = GenerationRequest.newBuilder(job.getRequest())
                .setModel("model-2")
                .build();
        prepare(upstreams, GenerationJob.newBuilder(job).setRequest(request).build())
                .run();

        // Then
        assertThat(provider.calls()).hasSize(3);
        assertThat(((TokenEvent.Failed) events.getFirst()).error().getCode()).isEqualTo("circuit_open");
        assertThat(((TokenEvent.Failed) events.getLast()).error().getCode()).isEqualTo("upstream_timeout");
    }

    @Test
    void refusalsForWhatWasAskedDoNotOpenTheCircuit() throws Exception {
        // Given
        CircuitPolicy circuit = new CircuitPolicy(1, 1, Duration.ofMinutes(1), Duration.ofMinutes(1));
        FakeProvider provider = new FakeProvider(
                FakeProvider.NAME,
                new CallPolicy(0, 10, SOON, 0, 0, QUICK, circuit),
                call -> call.fail("invalid_request_error", 400, false));
        Upstreams upstreams = upstreams(provider);

        // When
        for (int i = 0; i < 5; i++) {
            prepare(upstreams, Jobs.job("c-1")).run();
        }

        // Then
        assertThat(provider.calls()).hasSize(5);
    }
}

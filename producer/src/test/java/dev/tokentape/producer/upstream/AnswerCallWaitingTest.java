package dev.tokentape.producer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.policy.CallPolicy;
import dev.tokentape.producer.policy.CircuitPolicy;
import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.ErrorPhase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How an answer waits for a place or a budget of its provider. */
@Timeout(60)
class AnswerCallWaitingTest extends AnswerCallScenario {

    @Test
    void oneProvidersWaitingAnswersHoldNoPlacesOfOthers() throws Exception {
        // Given
        FakeProvider busy = new FakeProvider("busy", policy(1, 0, QUICK), call -> {
            call.hold();
            call.answer("x");
        });
        FakeProvider free = new FakeProvider("free", policy(0, 0, QUICK), call -> call.answer("y"));
        Upstreams upstreams = upstreams(busy, free);
        Places two = new Places(2);
        UpstreamCall first = prepare(upstreams, jobFor("busy"), two);
        UpstreamCall second = prepare(upstreams, jobFor("busy"), two);
        start(first);
        FakeCall running = busy.nextCall();
        Thread waiting = start(second);

        // When
        Places.Claim place = two.claim(1);

        // Then
        place.granted().get(SOON.toSeconds(), TimeUnit.SECONDS);
        UpstreamCall other = upstreams.prepare(
                jobFor("free"), "run-3", events::add, this::now, new RunPlace(two, place), new Cancellation());
        other.run();
        assertThat(free.calls()).hasSize(1);
        assertThat(busy.calls()).hasSize(1);
        place.release();
        running.letGo();
        busy.nextCall().letGo();
        assertThat(waiting.join(SOON)).isTrue();
        assertThat(busy.mostRunning()).isEqualTo(1);
    }

    @Test
    void aCancelWhileWaitingForAPlaceEndsItWithoutACall() throws Exception {
        // Given
        FakeProvider busy = new FakeProvider("busy", policy(1, 0, QUICK), FakeCall::hold);
        Upstreams upstreams = upstreams(busy);
        start(prepare(upstreams, jobFor("busy"), new Places(1), new Cancellation()));
        FakeCall running = busy.nextCall();
        UpstreamCall second = prepare(upstreams, jobFor("busy"), new Places(1));
        Thread waiting = start(second);

        // When
        cancellation.cancel("client_request");

        // Then
        assertThat(waiting.join(SOON)).isTrue();
        assertThat(busy.calls()).hasSize(1);
        assertThat(kinds()).containsExactly("Cancelled");
        running.letGo();
    }

    @Test
    void whereNoMoreMayWaitTheAnswerFailsAsBusy() throws Exception {
        // Given
        CallPolicy policy = new CallPolicy(1, 0, SOON, 0, 0, QUICK, CircuitPolicy.DEFAULT);
        FakeProvider busy = new FakeProvider("busy", policy, FakeCall::hold);
        Upstreams upstreams = upstreams(busy);
        start(prepare(upstreams, jobFor("busy"), new Places(1)));
        FakeCall running = busy.nextCall();

        // When
        prepare(upstreams, jobFor("busy"), new Places(1)).run();

        // Then
        assertThat(error().getCode()).isEqualTo("provider_busy");
        assertThat(error().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(error().getRetryable()).isTrue();
        running.letGo();
    }

    @Test
    void aPlaceThatDoesNotBecomeFreeInTimeIsBusyToo() throws Exception {
        // Given
        CallPolicy policy = new CallPolicy(1, 5, Duration.ofMillis(50), 0, 0, QUICK, CircuitPolicy.DEFAULT);
        FakeProvider busy = new FakeProvider("busy", policy, FakeCall::hold);
        Upstreams upstreams = upstreams(busy);
        start(prepare(upstreams, jobFor("busy"), new Places(1)));
        FakeCall running = busy.nextCall();

        // When
        prepare(upstreams, jobFor("busy"), new Places(1)).run();

        // Then
        assertThat(error().getCode()).isEqualTo("provider_busy");
        running.letGo();
    }

    @Test
    void aCancelWhileWaitingForTheBudgetEndsItWithoutACall() throws Exception {
        // Given
        CallPolicy policy = new CallPolicy(0, 5, Duration.ofMinutes(10), 1, 0, QUICK, CircuitPolicy.DEFAULT);
        FakeProvider provider = new FakeProvider(FakeProvider.NAME, policy, call -> call.answer("x"));
        Upstreams upstreams = upstreams(provider);
        prepare(upstreams, Jobs.job("c-1")).run();
        events.clear();
        UpstreamCall second = prepare(upstreams, Jobs.job("c-1"));
        Thread waiting = start(second);

        // When
        cancellation.cancel("client_request");

        // Then
        assertThat(waiting.join(SOON)).isTrue();
        assertThat(provider.calls()).hasSize(1);
        assertThat(kinds()).containsExactly("Cancelled");
    }

    @Test
    void theBudgetOfTokensIsSettledByWhatTheAnswerTook() throws Exception {
        // Given: room for one estimate of a thousand and a bit, twice what an answer takes
        CallPolicy policy = new CallPolicy(0, 0, Duration.ofMinutes(10), 0, 1_100, QUICK, CircuitPolicy.DEFAULT);
        FakeProvider provider = new FakeProvider(FakeProvider.NAME, policy, call -> {
            call.begin();
            call.finish(20, 10);
        });
        Upstreams upstreams = upstreams(provider);

        // When
        for (int i = 0; i < 3; i++) {
            prepare(upstreams, Jobs.job("c-1")).run();
        }

        // Then
        assertThat(provider.calls()).hasSize(3);
        assertThat(kinds()).doesNotContain("Failed");
    }
}

package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a run that somebody orders to stop. */
@Timeout(120)
class TokenProducerOrdersTest extends ProducerScenario {

    @Test
    void aCancelBeforeTheJobPreventsTheCall() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(call -> call.answer("x"));
        GenerationJob cancelled = Jobs.job("cancelled");
        GenerationJob wanted = Jobs.job("wanted");
        installation.cancel(cancelled);
        installation.send(cancelled);

        // When
        try (TokenProducer producer = start(provider)) {
            eventually(() -> fates("cancelled") == 1);
            installation.send(wanted);
            awaitTerminal(wanted, 1);

            // Then
            assertThat(producer.ready()).isTrue();
            assertThat(provider.calls())
                    .extracting(call -> call.job().getResponseId())
                    .containsExactly(wanted.getResponseId());
            assertThat(installation.journalOf("cancelled")).isEmpty();
        }
    }

    @Test
    void aCancelReachesTheUpstreamCall() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(TokenProducerTest::heldAnswer);
        List<Long> micros = new ArrayList<>();
        List<Long> startMicros = new ArrayList<>();
        try (TokenProducer producer = start(provider)) {
            for (int i = 0; i < 20; i++) {
                GenerationJob job = Jobs.job("c-" + i);
                long sent = System.nanoTime();
                installation.send(job);
                FakeCall call = provider.nextCall();
                assertThat(call.awaitStart()).isTrue();
                startMicros.add((System.nanoTime() - sent) / 1_000);

                // When
                long ordered = System.nanoTime();
                installation.cancel(job);
                assertThat(call.awaitEnd()).isTrue();

                // Then
                micros.add((call.cancelledAtNanos() - ordered) / 1_000);
                assertThat(call.cancelReason()).isEqualTo("client_request");
                assertThat(awaitTerminal(job, 1).getLast()).isInstanceOf(TokenEvent.Cancelled.class);
            }
            assertThat(producer.ready()).isTrue();
        }
        print("job sent to call started (first one joins the group)", startMicros);
        print("cancel sent to upstream call cancelled", micros);
    }

    @Test
    void stopRunStopsThatRunAlone() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(TokenProducerTest::heldAnswer);
        GenerationJob job = Jobs.job("c-1");
        try (TokenProducer producer = start(provider)) {
            installation.send(job);
            installation.send(job);
            FakeCall owner = provider.nextCall();
            FakeCall other = provider.nextCall();

            // When
            installation.stopRun(job, other.runId());
            assertThat(other.awaitEnd()).isTrue();
            owner.letGo();

            // Then
            awaitTerminal(job, 2);
            assertThat(producer.ready()).isTrue();
            assertThat(other.cancelReason()).isNotNull();
            assertThat(owner.cancelReason()).isNull();
        }
    }
}

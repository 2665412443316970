package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Installation.Recorded;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a producer leaves behind when it closes. */
@Timeout(120)
class TokenProducerCloseTest extends ProducerScenario {

    @Test
    void anAcceptedJobIsNotHandedOutAgainAfterARestart() throws Exception {
        // Given
        GenerationJob first = Jobs.job("first");
        GenerationJob second = Jobs.job("second");
        installation.send(first);
        try (TokenProducer producer = start(new FakeProvider(call -> call.answer("x")))) {
            awaitTerminal(first, 1);
            assertThat(producer.ready()).isTrue();
        }
        FakeProvider provider = new FakeProvider(call -> call.answer("x"));

        // When
        try (TokenProducer producer = start(provider)) {
            installation.send(second);
            awaitTerminal(second, 1);

            // Then
            assertThat(producer.ready()).isTrue();
            assertThat(provider.calls())
                    .extracting(call -> call.job().getResponseId())
                    .containsExactly(second.getResponseId());
        }
    }

    @Test
    void closeLetsRunsFinish() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(TokenProducerTest::heldAnswer);
        GenerationJob job = Jobs.job("c-1");
        TokenProducer producer = start(provider);
        installation.send(job);
        FakeCall call = provider.nextCall();
        assertThat(call.awaitStart()).isTrue();

        // When
        Thread closing = Thread.ofVirtual().start(producer::close);
        eventually(() -> !producer.ready());
        call.letGo();

        // Then
        assertThat(closing.join(Duration.ofSeconds(60))).isTrue();
        assertThat(awaitTerminal(job, 1).getLast()).isInstanceOf(TokenEvent.MessageStop.class);
        assertThat(call.cancelReason()).isNull();
    }

    @Test
    void whatDoesNotFinishInTimeIsHandedBack() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(TokenProducerTest::heldAnswer);
        GenerationJob job = Jobs.job("c-1");
        TokenProducer producer = start(provider, "producer.drain-timeout", "100ms");
        installation.send(job);
        FakeCall call = provider.nextCall();
        eventually(() -> installation.journalOf("c-1").size() == 3);

        // When
        producer.close();
        producer.close();

        // Then
        eventually(() -> installation.journalOf("c-1").size() >= 4);
        List<Recorded> recorded = installation.recordedOf("c-1");
        assertThat(recorded).hasSize(4);
        TokenEvent.AttemptLost lost =
                (TokenEvent.AttemptLost) recorded.getLast().event();
        assertThat(lost.lastOffset()).isEqualTo(recorded.get(2).offset());
        assertThat(lost.envelope().runId()).isEqualTo(call.runId());
        assertThat(lost.reason()).isEqualTo("producer_shutdown");
        assertThat(call.cancelReason()).isEqualTo("producer_shutdown");
    }

    @Test
    void closeLeavesNoThread() throws Exception {
        // Given: a first producer, after which the threads that libraries keep for the whole process are there
        start(new FakeProvider(call -> call.answer("x"))).close();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        FakeProvider provider = new FakeProvider(call -> call.answer("x"));
        TokenProducer producer = start(provider);
        GenerationJob job = Jobs.job("c-1");
        installation.send(job);
        awaitTerminal(job, 1);

        // When
        producer.close();

        // Then
        eventually(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .noneMatch(thread -> thread.getName().contains("tokentape")
                        || thread.getName().contains("consumer")
                        || thread.getName().contains("kafka-producer")));
    }
}

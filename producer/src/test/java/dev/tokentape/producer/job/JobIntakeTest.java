package dev.tokentape.producer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.control.CancelledResponses;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.run.ActiveRuns;
import dev.tokentape.producer.run.Clocks;
import dev.tokentape.producer.run.Run;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.producer.testing.RecordedJournal;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class JobIntakeTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(20);

    private final CancelledResponses cancelled = new CancelledResponses(Duration.ofMinutes(1), System::nanoTime);
    private final FakeProvider provider = new FakeProvider(call -> call.answer("x"));
    private final List<String> answers = new ArrayList<>();

    @Test
    void aJobIsAcceptedOnceTakenStandsInTheJournalAndNotStartedBefore() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();

        // When
        List<Run> taken = take(recorded, Duration.ofSeconds(30), job(NOW.plusSeconds(1)), job(NOW.plusSeconds(1)));

        // Then
        assertThat(taken).hasSize(2);
        assertThat(answers).containsExactly("0 ACCEPT", "1 ACCEPT");
        assertThat(recorded.events()).hasSize(2).allMatch(TokenEvent.Taken.class::isInstance);
        assertThat(provider.calls()).isEmpty();
    }

    @Test
    void aJobPastItsDeadlineIsAcceptedAndNotTaken() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();

        // When
        List<Run> taken = take(recorded, Duration.ofSeconds(30), job(NOW.minusNanos(1_000)));

        // Then
        assertThat(taken).isEmpty();
        assertThat(answers).containsExactly("0 ACCEPT");
        assertThat(recorded.events()).isEmpty();
    }

    @Test
    void aJobOfACancelledAnswerIsAcceptedAndNotTaken() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        GenerationJob job = job(NOW.plusSeconds(1));
        cancelled.remember(job.getResponseId());

        // When
        List<Run> taken = take(recorded, Duration.ofSeconds(30), job, job(NOW.plusSeconds(1)));

        // Then
        assertThat(taken).hasSize(1);
        assertThat(answers).containsExactly("0 ACCEPT", "1 ACCEPT");
        assertThat(recorded.events()).hasSize(1);
    }

    @Test
    void aJobIsGivenBackIfTheJournalRefusesTaken() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        Thread refusal = Thread.ofVirtual().start(() -> {
            await().atMost(SOON).until(() -> recorded.sent() == 1);
            recorded.refuseNext(new AuthorizationException("no"));
        });

        // When
        List<Run> taken = take(recorded, Duration.ofSeconds(60), job(NOW.plusSeconds(1)));

        // Then
        refusal.join();
        assertThat(taken).isEmpty();
        assertThat(answers).containsExactly("0 RELEASE");
        assertThat(recorded.sent()).isEqualTo(1);
    }

    @Test
    void aTakenThatArrivesTooLateIsTakenBack() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();

        // When
        List<Run> taken = take(recorded, Duration.ofMillis(100), job(NOW.plusSeconds(1)));
        recorded.acknowledgeNext();

        // Then
        assertThat(taken).isEmpty();
        assertThat(answers).containsExactly("0 RELEASE");
        await().atMost(SOON).until(() -> recorded.sent() == 2);
        TokenEvent.AttemptLost lost = (TokenEvent.AttemptLost) recorded.events().getLast();
        assertThat(lost.lastOffset()).isZero();
        assertThat(lost.envelope().runId())
                .isEqualTo(recorded.events().getFirst().envelope().runId());
        assertThat(provider.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "15,1", "16,1", "32,2", "200,12", "5000,16"})
    void aBatchIsASixteenthOfThePlacesAtMostSixteen(int maxRuns, int batch) {
        // When
        int actual = ShareGroup.batchOf(maxRuns);

        // Then
        assertThat(actual).isEqualTo(batch);
    }

    private List<Run> take(RecordedJournal recorded, Duration lock, GenerationJob... jobs) throws InterruptedException {
        ProducerMetrics metrics = new ProducerMetrics(new SimpleMeterRegistry(), FakeProvider.NAME::equals);
        ActiveRuns runs = new ActiveRuns(4, provider, recorded.journal(), metrics, Clocks.system());
        JobIntake intake = new JobIntake(recorded.codec(), runs, cancelled, metrics, InstantSource.fixed(NOW), lock);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        for (GenerationJob job : jobs) {
            byte[] value = recorded.codec().encode(Topic.JOBS, job);
            records.add(new ConsumerRecord<>("llm.jobs", 0, records.size(), job.getConversationId(), value));
        }
        return intake.take(records, this::answer);
    }

    private void answer(ConsumerRecord<String, byte[]> job, AcknowledgeType type) {
        answers.add(job.offset() + " " + type.name());
    }

    private static GenerationJob job(Instant deadline) {
        return Jobs.job("c-1", FakeProvider.NAME, deadline);
    }
}

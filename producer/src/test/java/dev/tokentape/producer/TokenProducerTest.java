package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Installation;
import dev.tokentape.producer.testing.Installation.Recorded;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TopicException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TokenProducerTest {

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private Installation installation;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void install(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName();
        installation = new Installation(kafka.bootstrapServers(), folder, name + ".");
    }

    @AfterEach
    void uninstall() {
        installation.close();
    }

    @Test
    void aJobBecomesTakenEventsAndOneTerminalEventInOrder() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(call -> call.answer("to", "ken", "s"));
        GenerationJob before = Jobs.job("before");
        GenerationJob after = Jobs.job("after");
        installation.send(before);

        // When
        try (TokenProducer producer = start(provider)) {
            installation.send(after);

            // Then
            assertThat(producer.ready()).isTrue();
            for (GenerationJob job : List.of(before, after)) {
                List<TokenEvent> events = awaitTerminal(job, 1);
                assertThat(events.getFirst()).isInstanceOf(TokenEvent.Taken.class);
                assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
                assertThat(events)
                        .extracting(event -> event.envelope().sequence())
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(0, 7).boxed().toList());
                assertThat(events)
                        .extracting(event -> event.envelope().responseId())
                        .containsOnly(job.getResponseId());
                assertThat(events)
                        .extracting(event -> event.envelope().runId())
                        .containsOnly(events.getFirst().envelope().runId());
            }
            assertThat(fates("taken")).isEqualTo(2);
        }
        assertThat(provider.isClosed()).isTrue();
    }

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
    void aJobHandedOutTwiceMakesTwoRunsThatCanBeToldApart() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(call -> call.answer("run ", call.runId()));
        GenerationJob job = Jobs.job("c-1");

        // When
        try (TokenProducer producer = start(provider)) {
            installation.send(job);
            installation.send(job);
            List<TokenEvent> events = awaitTerminal(job, 2);

            // Then
            assertThat(producer.ready()).isTrue();
            Map<String, List<TokenEvent>> byRun = events.stream()
                    .collect(Collectors.groupingBy(
                            event -> String.valueOf(event.envelope().runId())));
            assertThat(byRun).hasSize(2);
            byRun.forEach((run, itsEvents) -> {
                assertThat(itsEvents.getFirst()).isInstanceOf(TokenEvent.Taken.class);
                assertThat(itsEvents)
                        .extracting(event -> event.envelope().sequence())
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(0, 6).boxed().toList());
                assertThat(((TokenEvent.BlockDelta) itsEvents.get(4)).text()).isEqualTo(run);
            });
        }
    }

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
                assertThat(call.cancelReasons()).containsExactly("client_request");
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
            assertThat(other.cancelReasons()).hasSize(1);
            assertThat(owner.cancelReasons()).isEmpty();
        }
    }

    @Test
    void noMoreJobsAreTakenThanPlacesAreFree() throws Exception {
        // Given
        int jobs = 12;
        FakeProvider provider = new FakeProvider(TokenProducerTest::heldAnswer);
        try (TokenProducer producer = start(provider, "producer.max-runs", "3")) {
            for (int i = 0; i < jobs; i++) {
                installation.send(Jobs.job("c-" + i));
            }

            // When
            eventually(() -> provider.running() == 3);
            for (int i = 0; i < jobs; i++) {
                provider.nextCall().letGo();
            }
            for (int i = 0; i < jobs; i++) {
                String conversation = "c-" + i;
                eventually(() -> installation.journalOf(conversation).stream().anyMatch(TokenEvent::isTerminal));
            }

            // Then
            assertThat(producer.ready()).isTrue();
            assertThat(provider.mostRunning()).isEqualTo(3);
            assertThat(provider.calls()).hasSize(jobs);
        }
    }

    @Test
    void twoProducersShareTheJobsAndEachIsTakenOnce() throws Exception {
        // Given
        int jobs = 20;
        FakeProvider first = new FakeProvider(call -> call.answer("1"));
        FakeProvider second = new FakeProvider(call -> call.answer("2"));
        try (TokenProducer one = start(first);
                TokenProducer two = start(second)) {

            // When
            for (int i = 0; i < jobs; i++) {
                installation.send(Jobs.job("c-" + i));
            }
            for (int i = 0; i < jobs; i++) {
                String conversation = "c-" + i;
                eventually(() -> installation.journalOf(conversation).stream().anyMatch(TokenEvent::isTerminal));
            }

            // Then
            assertThat(one.ready() && two.ready()).isTrue();
            assertThat(first.calls().size() + second.calls().size()).isEqualTo(jobs);
        }
    }

    @Test
    void manyRunsAtOnceStandWholeAndInOrderInTheJournal() throws Exception {
        // Given
        int jobs = 60;
        int tokens = 200;
        FakeProvider provider = new FakeProvider(call -> {
            call.begin();
            for (int i = 0; i < tokens; i++) {
                call.piece(i + " ");
            }
            call.finish();
        });

        // When
        try (TokenProducer producer = start(provider, "producer.max-runs", "40")) {
            for (int i = 0; i < jobs; i++) {
                installation.send(Jobs.job("c-" + i));
            }
            for (int i = 0; i < jobs; i++) {
                String conversation = "c-" + i;
                eventually(() -> installation.journalOf(conversation).stream().anyMatch(TokenEvent::isTerminal));
            }

            // Then
            assertThat(producer.ready()).isTrue();
            for (int i = 0; i < jobs; i++) {
                assertThat(installation.journalOf("c-" + i))
                        .extracting(event -> event.envelope().sequence())
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(0, tokens + 4).boxed().toList());
            }
        }
    }

    @Test
    void lateAndUnreadableJobsAreNotStartedAndBlockNothing() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(call -> call.answer("x"));
        installation.sendUnreadableJob("c-1");
        installation.send(Jobs.job("c-1", FakeProvider.NAME, Instant.now().minusSeconds(1)));
        GenerationJob good = Jobs.job("c-1");
        installation.send(good);

        // When
        try (TokenProducer producer = start(provider)) {
            awaitTerminal(good, 1);

            // Then
            assertThat(producer.ready()).isTrue();
            assertThat(provider.calls()).hasSize(1);
            assertThat(fates("unreadable", "unknown")).isEqualTo(1);
            assertThat(fates("expired")).isEqualTo(1);
        }
    }

    @Test
    void aSilentRunSendsHeartbeats() throws Exception {
        // Given
        FakeProvider provider = new FakeProvider(TokenProducerTest::heldAnswer);
        GenerationJob job = Jobs.job("c-1");
        try (TokenProducer producer = start(provider, "producer.heartbeat", "100ms")) {

            // When
            installation.send(job);
            eventually(() -> installation.journalOf("c-1").stream()
                            .filter(TokenEvent.Heartbeat.class::isInstance)
                            .count()
                    >= 3);
            provider.nextCall().letGo();

            // Then
            List<TokenEvent> events = awaitTerminal(job, 1);
            assertThat(producer.ready()).isTrue();
            assertThat(events.stream()
                            .filter(event -> !(event instanceof TokenEvent.Heartbeat))
                            .map(event -> event.envelope().sequence()))
                    .containsExactly(0L, 1L, 2L, 3L, 4L);
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
        assertThat(call.cancelReasons()).isEmpty();
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
        assertThat(call.cancelReasons()).containsExactly("producer_shutdown");
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

    @Test
    void aConfiguredProviderThatCannotBeReachedEndsTheAnswerByAnError() throws Exception {
        // Given
        GenerationJob job = Jobs.job("c-1", "local", Instant.now().plusSeconds(60));
        ProducerConfig config = installation.config(
                "providers", "local",
                "provider.local.api", "openai-chat-completions",
                "provider.local.base-url", "http://127.0.0.1:1");

        // When
        try (TokenProducer producer = TokenProducer.start(config, meters)) {
            installation.send(job);

            // Then
            TokenEvent.Failed failed = (TokenEvent.Failed) awaitTerminal(job, 1).getLast();
            assertThat(failed.error().getPhase()).isEqualTo(ErrorPhase.CONNECT);
            assertThat(producer.ready()).isTrue();
        }
    }

    @Test
    void topicsThatAreNotThereAreNamedAndNothingStaysOpen() {
        // Given
        FakeProvider provider = new FakeProvider(FakeCall::hold);
        ProducerConfig config = installation.config("topics.prefix", "nowhere.");

        // When
        assertThatThrownBy(() -> TokenProducer.start(config, provider, meters))

                // Then
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("nowhere.llm.jobs");
        assertThat(provider.isClosed()).isTrue();
    }

    private static void print(String what, List<Long> micros) {
        micros.sort(null);
        System.out.printf(
                "%s, µs: min %d, p50 %d, max %d of %d%n",
                what, micros.getFirst(), micros.get(micros.size() / 2), micros.getLast(), micros.size());
    }

    private TokenProducer start(FakeProvider provider, String... settings) {
        return TokenProducer.start(installation.config(settings), provider, meters);
    }

    private static void heldAnswer(FakeCall call) throws InterruptedException {
        call.begin();
        call.hold();
        call.finish();
    }

    private List<TokenEvent> awaitTerminal(GenerationJob job, int terminals) {
        eventually(() -> installation.journalOf(job.getConversationId()).stream()
                        .filter(TokenEvent::isTerminal)
                        .count()
                >= terminals);
        return installation.journalOf(job.getConversationId());
    }

    private double fates(String fate) {
        return fates(fate, FakeProvider.NAME);
    }

    private double fates(String fate, String provider) {
        return meters.counter("tokentape.producer.jobs", "provider", provider, "fate", fate)
                .count();
    }

    private static void eventually(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(40))
                .until(condition);
    }
}

package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TopicException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TokenProducerTest extends ProducerScenario {

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
}

package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.producer.testing.Installation;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.settings.SimulatorConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole producer, between Kafka and the simulator, whose log of calls is the judge. */
@Timeout(120)
class UpstreamFaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    private Simulator simulator;
    private Installation installation;
    private TokenProducer producer;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start(TestInfo test) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName();
        simulator = Simulator.start(SimulatorConfig.defaults().withTimeToFirstToken(5));
        installation = new Installation(kafka.bootstrapServers(), folder.resolve(name), name + ".");
        producer = TokenProducer.start(
                installation.config(
                        "producer.heartbeat", "200ms",
                        "providers", "a,b",
                        "provider.a.api", "openai-chat-completions",
                        "provider.a.base-url", simulator.baseUrl(),
                        "provider.a.max-tries", "4",
                        "provider.a.retry-base-delay", "10ms",
                        "provider.a.retry-max-time", "30s",
                        "provider.b.api", "anthropic-messages",
                        "provider.b.base-url", simulator.baseUrl()),
                new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() {
        producer.close();
        installation.close();
        simulator.close();
    }

    @Test
    void aProviderThatRecoversAnswersAsIfNothingHadBeen() throws Exception {
        // Given
        GenerationJob job = job("sim?tokens=5&retry-after=none&fault=fail-first=3:529", _ -> {});

        // When
        installation.send(job);

        // Then
        List<TokenEvent> events = awaitEnd();
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
        assertThat(events.stream().filter(TokenEvent.MessageStart.class::isInstance))
                .hasSize(1);
        assertThat(simulator.calls()).extracting(SimulatedCall::status).containsExactly(529, 529, 529, 200);
    }

    @Test
    void aRunThatWaitsForItsNextTryShowsThatItIsAlive() throws Exception {
        // Given
        GenerationJob job = job("sim?tokens=5&retry-after=2&fault=fail-first=1:503", _ -> {});

        // When
        installation.send(job);

        // Then
        List<TokenEvent> events = awaitEnd();
        assertThat(events.stream().filter(TokenEvent.Heartbeat.class::isInstance))
                .hasSizeGreaterThan(3);
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
        List<SimulatedCall> calls = simulator.calls();
        assertThat(calls.get(1).started() - calls.get(0).started()).isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void aRefusalIsNotTriedAgain() throws Exception {
        // Given
        GenerationJob job = job("sim?fault=http-error=401", _ -> {});

        // When
        installation.send(job);

        // Then
        TokenEvent.Failed failed = (TokenEvent.Failed) awaitEnd().getLast();
        assertThat(failed.error().getHttpStatus()).isEqualTo(401);
        assertThat(simulator.calls()).hasSize(1);
    }

    @Test
    void theFallbackServesInItsOwnNameAndTellsWhereItCameFrom() throws Exception {
        // Given
        GenerationJob job = job(
                "sim?fault=http-error=404",
                request -> request.setFallbackProvider("b").setFallbackModel("sim?tokens=5"));

        // When
        installation.send(job);

        // Then
        List<TokenEvent> events = awaitEnd();
        TokenEvent.MessageStart start = (TokenEvent.MessageStart) events.stream()
                .filter(TokenEvent.MessageStart.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(start.providerData()).contains("\"fallback_from\":{\"provider\":\"a\"");
        assertThat(start.envelope().provider()).isEqualTo("b");
        assertThat(start.envelope().model()).isEqualTo("sim?tokens=5");
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
        assertThat(simulator.calls())
                .extracting(SimulatedCall::api)
                .containsExactly("openai-chat", "anthropic-messages");
    }

    @Test
    void aCancelClosesTheConnectionWhichTheProviderSees() throws Exception {
        List<Long> micros = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            // Given
            int number = round;
            String conversation = "c-" + round;
            GenerationJob job = job(conversation, "sim?tokens=10000&tps=50", _ -> {});
            installation.send(job);
            await().atMost(PATIENCE)
                    .until(() -> simulator.calls().size() == number + 1
                            && simulator.calls().getLast().tokens() > 3);

            // When
            installation.cancel(job);
            long ordered = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

            // Then
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> simulator.calls().getLast().clientClosed() != null);
            SimulatedCall call = simulator.calls().getLast();
            assertThat(call.outcome()).isEqualTo(SimulatedCall.Outcome.CLOSED_BY_CLIENT);
            assertThat(call.tokens()).isLessThan(10_000);
            micros.add(Objects.requireNonNull(call.clientClosed()) - ordered);
            List<TokenEvent> events = awaitEnd(conversation);
            TokenEvent.Cancelled cancelled = (TokenEvent.Cancelled) events.getLast();
            assertThat(cancelled.reason()).isEqualTo("client_request");
            assertThat(cancelled.billingStops()).isEqualTo("unknown");
        }
        Collections.sort(micros);
        System.out.printf(
                "cancel, from its record's acknowledgement to the closed connection: median %.1f ms, "
                        + "slowest %.1f ms of %d%n",
                micros.get(micros.size() / 2) / 1000.0, micros.getLast() / 1000.0, micros.size());
    }

    @Test
    void aCancelWhileWaitingForTheNextTryMakesNoFurtherCall() throws Exception {
        // Given
        GenerationJob job = job("sim?retry-after=20&fault=http-error=503", _ -> {});
        installation.send(job);
        await().atMost(PATIENCE).until(() -> simulator.calls().size() == 1);

        // When
        installation.cancel(job);

        // Then
        assertThat(awaitEnd().getLast()).isInstanceOf(TokenEvent.Cancelled.class);
        assertThat(simulator.calls()).hasSize(1);
    }

    private static GenerationJob job(String model, Consumer<GenerationRequest.Builder> settings) {
        return job("c-1", model, settings);
    }

    private static GenerationJob job(String conversation, String model, Consumer<GenerationRequest.Builder> settings) {
        GenerationJob job = Jobs.job(conversation, "a", Instant.now().plusSeconds(60));
        GenerationRequest.Builder request = GenerationRequest.newBuilder(job.getRequest())
                .setModel(model)
                .setMessages(List.of(Jobs.user("Hello, " + conversation)));
        settings.accept(request);
        return GenerationJob.newBuilder(job).setRequest(request.build()).build();
    }

    private List<TokenEvent> awaitEnd() {
        return awaitEnd("c-1");
    }

    private List<TokenEvent> awaitEnd(String conversation) {
        await().pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> installation.journalOf(conversation).stream().anyMatch(TokenEvent::isTerminal));
        return installation.journalOf(conversation);
    }
}

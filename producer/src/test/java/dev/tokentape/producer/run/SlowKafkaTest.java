package dev.tokentape.producer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.http.Providers;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.producer.testing.RecordedJournal;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.settings.SimulatorConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka that acknowledges nothing, and providers that stream as fast as they are read. */
@Timeout(120)
class SlowKafkaTest {

    private static final int RUNS = 40;
    private static final int TOKENS = 50_000;
    private static final Duration SOON = Duration.ofSeconds(60);

    /** What sockets and readers between the two may hold: tokens of some 200 bytes in a quarter of a megabyte. */
    private static final int IN_BETWEEN = 4_000;

    @Test
    void providersAreReadNoFurtherThanKafkaKeepsUpAndMemoryStaysFlat() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        SimulatorConfig speedy = SimulatorConfig.defaults()
                .withTimeToFirstToken(0)
                .withTokensPerSecond(0)
                .withTokens(TOKENS, TOKENS);
        Settings settings;
        try (Simulator simulator = Simulator.start(speedy)) {
            settings = Settings.of(Map.of(
                    "providers", "p",
                    "provider.p.api", "openai-chat-completions",
                    "provider.p.base-url", simulator.baseUrl()));
            try (Providers providers = Providers.from(settings)) {
                ActiveRuns runs = new ActiveRuns(
                        RUNS,
                        providers,
                        recorded.journal(),
                        new ProducerMetrics(new SimpleMeterRegistry(), _ -> true),
                        Clocks.system());
                for (int i = 0; i < RUNS; i++) {
                    Run run = runs.open(job("c-" + i));
                    run.take(SOON);
                    assertThat(runs.claimPlaces(1, SOON)).isTrue();
                    runs.start(run);
                }

                // When
                long stalled = stalledAt(simulator);
                long heapBefore = usedHeap();
                await().pollDelay(Duration.ofSeconds(3)).until(() -> true);

                // Then
                assertThat(recorded.sent()).isEqualTo(RUNS * RunSink.MAX_UNACKNOWLEDGED);
                assertThat(tokens(simulator)).isEqualTo(stalled);
                assertThat(stalled).isLessThan((long) RUNS * (RunSink.MAX_UNACKNOWLEDGED + IN_BETWEEN));
                System.out.printf(
                        "journal stalled: %d streams, %d tokens left the provider, %d records wait, heap "
                                + "%d MB, 3 s later %d MB%n",
                        RUNS, stalled, recorded.sent(), heapBefore >> 20, usedHeap() >> 20);
                runs.all().forEach(run -> run.cancel("done"));
                await().atMost(SOON).until(() -> {
                    recorded.acknowledgeAll();
                    return runs.count() == 0;
                });
                assertThat(recorded.events().stream().filter(TokenEvent::isTerminal))
                        .hasSize(RUNS);
            }
        }
    }

    private static long stalledAt(Simulator simulator) {
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(500)).atMost(SOON).until(() -> {
            long now = tokens(simulator);
            return now > 0 && before.getAndSet(now) == now;
        });
        return before.get();
    }

    private static long tokens(Simulator simulator) {
        return simulator.calls().stream().mapToLong(SimulatedCall::tokens).sum();
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static GenerationJob job(String conversation) {
        GenerationJob job = Jobs.job(conversation, "p", Instant.now().plusSeconds(60));
        GenerationRequest request = GenerationRequest.newBuilder(job.getRequest())
                .setModel("sim")
                .setMessages(List.of(Jobs.user("Hello")))
                .build();
        return GenerationJob.newBuilder(job).setRequest(request).build();
    }
}

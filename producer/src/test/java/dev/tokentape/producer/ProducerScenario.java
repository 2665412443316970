package dev.tokentape.producer;

import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Installation;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole producer between Kafka and a fake provider, in an installation of its own for each test. */
@Timeout(120)
abstract class ProducerScenario {

    @TempDir
    static Path folder;

    static EmbeddedKafka kafka;

    final MeterRegistry meters = new SimpleMeterRegistry();
    Installation installation;

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

    static void print(String what, List<Long> micros) {
        micros.sort(null);
        System.out.printf(
                "%s, µs: min %d, p50 %d, max %d of %d%n",
                what, micros.getFirst(), micros.get(micros.size() / 2), micros.getLast(), micros.size());
    }

    TokenProducer start(FakeProvider provider, String... settings) {
        return TokenProducer.start(installation.config(settings), provider, meters);
    }

    static void heldAnswer(FakeCall call) throws InterruptedException {
        call.begin();
        call.hold();
        call.finish();
    }

    List<TokenEvent> awaitTerminal(GenerationJob job, int terminals) {
        eventually(() -> installation.journalOf(job.getConversationId()).stream()
                        .filter(TokenEvent::isTerminal)
                        .count()
                >= terminals);
        return installation.journalOf(job.getConversationId());
    }

    double fates(String fate) {
        return fates(fate, FakeProvider.NAME);
    }

    double fates(String fate, String provider) {
        return meters.counter("tokentape.producer.jobs", "provider", provider, "fate", fate)
                .count();
    }

    static void eventually(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(40))
                .until(condition);
    }
}

package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway of which one part does not start leaves no thread of the others behind. */
@Timeout(120)
class FailedStartTest {

    private static final Duration ENOUGH = Duration.ofSeconds(40);
    private static final TopicCatalogue TOPICS = new TopicCatalogue("", 1, (short) 1);

    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;

    /** The part that fails, in the order of starting, and what makes it fail for good. */
    private enum Part {
        /** No consumer takes this, so that the resume window is never read back. */
        TAPE(Map.of("kafka.isolation.level", "no-such-level")),
        /** No producer takes this; consumers do not look at it. */
        COMMANDS(Map.of("kafka.compression.type", "no-such-codec")),
        /** More nanoseconds than there are numbers. */
        WATCH(Map.of("gateway.unwatched-grace", "106752d")),
        /** A port that is taken. */
        DOOR(Map.of());

        private final Map<String, String> settings;

        Part(Map<String, String> settings) {
            this.settings = settings;
        }
    }

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TopicAdmin topics = new TopicAdmin(admin, TOPICS);
            topics.create();
            await().atMost(ENOUGH).until(() -> topics.check().isEmpty());
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource
    void noThreadStaysBehindWhicheverPartFailsToStart(Part part) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Given a gateway whose one part cannot start
            GatewayConfig config = config(part, taken.getLocalPort());
            List<String> before = threads();
            AtomicReference<Throwable> thrown = new AtomicReference<>();

            // When it is started; the one that waits for its tape is told to stop waiting
            Thread starting = Thread.ofPlatform().start(() -> start(config, thrown));
            if (part == Part.TAPE) {
                await().atMost(ENOUGH).until(() -> threads().contains("tape-poll"));
                starting.interrupt();
            }
            boolean returned = starting.join(ENOUGH);

            // Then it says so, and nothing of it goes on
            assertThat(returned).isTrue();
            assertThat(thrown.get()).isInstanceOf(RuntimeException.class);
            await().atMost(ENOUGH)
                    .untilAsserted(() -> assertThat(begunSince(before)).isEmpty());
        }
    }

    @Test
    void whatIsLookedForIsThereWhileAGatewayRuns() throws IOException {
        List<String> before = threads();
        GatewayConfig config = config(Part.DOOR, 0);
        try (Gateway gateway = Gateway.start(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            assertThat(gateway.ready()).isTrue();
            assertThat(begunSince(before))
                    .contains("tape-poll", "tokentape-gateway-control", "tokentape-gateway-unwatched")
                    .anyMatch(name -> name.startsWith("kafka-producer-network-thread"));
        }
        await().atMost(ENOUGH)
                .untilAsserted(() -> assertThat(begunSince(before)).isEmpty());
    }

    private static void start(GatewayConfig config, AtomicReference<Throwable> thrown) {
        try {
            Gateway.start(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                    .close();
        } catch (RuntimeException e) {
            thrown.set(e);
        }
    }

    private static GatewayConfig config(Part part, int port) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "schema.registry.url",
                folder.resolve("schemas.json").toUri().toString(),
                "topics.partitions",
                "1",
                "topics.replication-factor",
                "1",
                "gateway.port",
                String.valueOf(port),
                "gateway.processor-urls",
                "http://127.0.0.1:1"));
        settings.putAll(part.settings);
        return GatewayConfig.from(Settings.of(settings));
    }

    private static List<String> begunSince(List<String> before) {
        List<String> begun = new ArrayList<>(threads());
        begun.removeAll(before);
        return begun;
    }

    /** Of a gateway and of the Kafka clients it uses. */
    private static List<String> threads() {
        Predicate<String> ours = name -> name.startsWith("tape-")
                || name.startsWith("tokentape-gateway")
                || name.startsWith("kafka-producer-network-thread")
                || name.startsWith("kafka-admin-client-thread")
                || name.startsWith("HttpClient-");
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(ours)
                .toList();
    }
}

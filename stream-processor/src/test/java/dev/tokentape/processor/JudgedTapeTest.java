package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.ModerationQuestion;
import dev.tokentape.processor.moderation.rules.JudgePolicy;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A moderation service, a killed processor, and a verdict that comes while nobody is there to fold it. */
class JudgedTapeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String RULES =
            "tier2: {id: guard, hold_characters: 10, hold_ms: 60000, context_characters: 0}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private HttpServer service;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    /** A service that is asked and never answers. */
    @BeforeEach
    void serve() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        service.createContext("/v1/moderations", exchange -> {
            calls.incrementAndGet();
            try (exchange) {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        service.start();
    }

    @AfterEach
    void stop() {
        ended.countDown();
        service.stop(0);
    }

    private Map<String, String> settings(Cluster cluster, String name) {
        Map<String, String> settings = cluster.settings(name);
        settings.put(
                "processor.moderation.url",
                "http://127.0.0.1:" + service.getAddress().getPort());
        settings.put("processor.moderation.timeout", "1h");
        return settings;
    }

    private static JournalEntry passed(Entries answer, long number, String text) {
        var rules = RuleFile.parse(RULES);
        JudgePolicy policy = Objects.requireNonNull(rules.judge());
        ModerationQuestion question =
                new ModerationQuestion(answer.key(), 1, number, 0, 0, 0, text.length(), text, policy, rules.version());
        return new JournalEntry.Reported(question.answered(ModerationQuestion.Answer.PASS, "none", null, 1));
    }

    private static void publish(Cluster cluster, String yaml) {
        RulePublisher.publish(KafkaSettings.from(Settings.of(cluster.settings("publisher"))), cluster.topics, yaml);
    }

    private static List<String> shown(Cluster.Tape tape) {
        return tape.events().stream()
                .filter(TokenEvent.BlockDelta.class::isInstance)
                .map(event -> ((TokenEvent.BlockDelta) event).text())
                .toList();
    }

    @Test
    void aVerdictAndARuleChangeBetweenCrashAndReplayChangeNothing() throws Exception {
        try (Cluster cluster = new Cluster(directory)) {
            // Given an answer of which the service has been asked, when its processor is killed
            publish(cluster, RULES);
            Entries answer = new Entries("c1", "r1");
            Entries.Run run = answer.run(1, "run-a");
            Process first = TokenProcessorTest.spawn(settings(cluster, "first"));
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            cluster.request(answer.request("go on"));
            cluster.flush();
            await().atMost(PATIENCE).until(() -> !tape.events().isEmpty());
            cluster.journal(run.taken());
            cluster.journal(run.start());
            cluster.journal(run.blockStart(0, BlockType.TEXT));
            cluster.journal(run.text("one two three "));
            cluster.flush();
            await().atMost(PATIENCE).until(() -> calls.get() == 1);
            first.destroyForcibly().waitFor();

            // When its verdict comes and other rules are published, and then another processor goes on
            cluster.journal(passed(answer, 0, "one two three "));
            cluster.journal(run.text("four five six"));
            cluster.journal(run.blockStop(0));
            cluster.journal(run.stop());
            cluster.flush();
            publish(cluster, "rules: []");
            try (TokenProcessor _ = TokenProcessor.start(
                    ProcessorConfig.from(Settings.of(settings(cluster, "second"))), new SimpleMeterRegistry())) {

                // Then what the verdict is about is shown, and the rest is asked about, by the old rules
                await().atMost(PATIENCE).until(() -> shown(tape).contains("one two three "));
                await().atMost(PATIENCE).until(() -> calls.get() >= 2);
                assertThat(shown(tape)).containsOnly("one two three ");

                // When that is judged too
                cluster.journal(passed(answer, 1, "four five six"));
                cluster.flush();
                await().atMost(PATIENCE).until(() -> tape.events().stream().anyMatch(TokenEvent::isTerminal));

                // Then
                assertThat(shown(tape).stream().distinct()).containsExactly("one two three ", "four five six");
                assertThat(tape.events().getLast()).isInstanceOf(TokenEvent.MessageStop.class);
            }
        }
    }
}

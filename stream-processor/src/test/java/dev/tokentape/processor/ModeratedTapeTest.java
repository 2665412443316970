package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.moderation.Cutting;
import dev.tokentape.processor.moderation.Planted;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Planted secrets on their way through a real broker: none of them is ever on the tape. */
class ModeratedTapeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    @BeforeAll
    static void startBroker() {
        cluster = new Cluster(directory);
    }

    @AfterAll
    static void stopBroker() {
        cluster.close();
    }

    private static void publish(String yaml) {
        RulePublisher.publish(KafkaSettings.from(Settings.of(cluster.settings("publisher"))), cluster.topics, yaml);
    }

    private static TokenProcessor processor() {
        return TokenProcessor.start(
                ProcessorConfig.from(Settings.of(cluster.settings("moderated"))), new SimpleMeterRegistry());
    }

    private static void answer(Entries answer, List<String> pieces) {
        Entries.Run run = answer.run(1, "run-" + answer.key().responseId());
        cluster.journal(run.taken());
        cluster.journal(run.start());
        cluster.journal(run.blockStart(0, BlockType.TEXT));
        pieces.forEach(piece -> cluster.journal(run.text(piece)));
        cluster.journal(run.blockStop(0));
        cluster.journal(run.stop());
        cluster.flush();
    }

    private static void awaitUserMessages(Cluster.Tape tape, int count) {
        await().atMost(PATIENCE).until(() -> {
            tape.poll();
            return tape.events().stream()
                            .filter(TokenEvent.UserMessage.class::isInstance)
                            .count()
                    == count;
        });
    }

    private static String shown(Cluster.Tape tape, Entries answer) {
        return tape.events().stream()
                .filter(event -> event instanceof TokenEvent.BlockDelta
                        && event.envelope().responseId().equals(answer.key().responseId()))
                .map(event -> ((TokenEvent.BlockDelta) event).text())
                .collect(Collectors.joining());
    }

    @Test
    void noSecretIsEverOnTheTapeAcrossARestartAndARuleChange() {
        // Given
        publish(Planted.rules("redact", "text"));
        Cluster.Tape tape = cluster.reader(Topic.TOKENS);
        Map<String, String> texts = Planted.texts();
        List<Entries> answers = texts.keySet().stream()
                .map(text -> new Entries("c" + Math.floorMod(text.hashCode(), 7), "r" + text.hashCode()))
                .toList();
        Entries before = new Entries("slow", "before");
        Entries after = new Entries("slow", "after");
        Entries.Run slow = before.run(1, "slow-run");
        try (TokenProcessor first = processor()) {
            assertThat(first.ready()).isTrue();
            answers.forEach(answer -> cluster.request(answer.request("go on")));
            cluster.request(before.request("go on"));
            cluster.flush();
            awaitUserMessages(tape, answers.size() + 1);
            cluster.journal(slow.taken());
            cluster.journal(slow.start());
            cluster.journal(slow.blockStart(0, BlockType.TEXT));
            cluster.journal(slow.text("not Blo"));
            cluster.flush();
            int number = 0;
            for (String text : texts.keySet()) {
                answer(answers.get(number), Cutting.randomBetweenCharacters(text, number));
                number++;
            }
        }

        // When another processor goes on, under rules that know of no secrets
        publish("rules: []");
        try (TokenProcessor second = processor()) {
            assertThat(second.ready()).isTrue();
            cluster.request(after.request("go on"));
            cluster.flush();
            awaitUserMessages(tape, answers.size() + 2);
            cluster.journal(slow.text("feld, no"));
            cluster.journal(slow.blockStop(0));
            cluster.journal(slow.stop());
            answer(after, List.of("Blofeld"));
            await().atMost(PATIENCE).until(() -> {
                tape.poll();
                return tape.events().stream()
                                .filter(TokenEvent::isTerminal)
                                .map(event -> event.envelope().responseId())
                                .distinct()
                                .count()
                        == answers.size() + 2;
            });
        }

        // Then
        int number = 0;
        for (String shown : texts.values()) {
            assertThat(shown(tape, answers.get(number++))).isEqualTo(shown);
        }
        assertThat(shown(tape, before)).isEqualTo("not [word], no");
        assertThat(shown(tape, after)).isEqualTo("Blofeld");
        assertThat(tape.records.stream().map(record -> new String(record.value(), StandardCharsets.UTF_8)))
                .noneMatch(value -> value.contains("4111111111111111")
                        || value.contains("goldfinger")
                        || value.contains("EXAMPLE")
                        || value.contains("spectre"));
    }
}

package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.moderation.Cutting;
import dev.tokentape.processor.moderation.PlantedByDefaultRules;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that the rules which come with Tokentape must find, cut at random, through a real broker and across a restart.
 */
class DefaultRulesTapeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** An answer in which something stands that must not be shown. */
    private record Answer(
            Entries ids, Entries.Run run, boolean thinking, String secret, String shown, List<String> pieces) {

        private int half() {
            return pieces.size() / 2;
        }
    }

    private static List<Answer> answers() throws NoSuchAlgorithmException {
        Map<String, List<String>> planted = PlantedByDefaultRules.personal();
        planted.putAll(PlantedByDefaultRules.keys());
        planted.put("[private key]", PlantedByDefaultRules.privateKeys());
        List<Answer> answers = new ArrayList<>();
        planted.forEach((mask, secrets) -> secrets.forEach(secret -> {
            for (boolean thinking : new boolean[] {false, true}) {
                int number = answers.size();
                Entries ids = new Entries("c" + number % 5, "r" + number);
                List<String> pieces = Cutting.randomBetweenCharacters("So: " + secret + ", and so on", number);
                pieces.removeIf(String::isEmpty);
                String shown = thinking ? "So: " : "So: " + mask + ", and so on";
                answers.add(new Answer(ids, ids.run(1, "run-" + number), thinking, secret, shown, pieces));
            }
        }));
        return answers;
    }

    private static void say(Cluster cluster, Answer answer, List<String> pieces) {
        DeltaType type = answer.thinking() ? DeltaType.THINKING : DeltaType.TEXT;
        pieces.forEach(piece -> cluster.journal(answer.run().delta(0, type, piece)));
    }

    @Test
    void nothingOfWhatTheDefaultRulesFindIsEverOnTheTape() throws NoSuchAlgorithmException {
        List<Answer> answers = answers();
        assertThat(answers).hasSizeGreaterThan(150);
        try (Cluster cluster = new Cluster(directory)) {
            // Given answers that one processor begins to judge
            Settings settings = Settings.of(cluster.settings("default-rules"));
            String version = RulePublisher.publish(
                            KafkaSettings.from(settings),
                            cluster.topics,
                            DefaultRules.yaml().replace("enabled: false", "enabled: true"))
                    .version();
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            try (TokenProcessor first =
                    TokenProcessor.start(ProcessorConfig.from(settings), new SimpleMeterRegistry())) {
                assertThat(first.ready()).isTrue();
                for (Answer answer : answers) {
                    cluster.journal(answer.ids().request("go on", request -> request.setRuleSetVersion(version)));
                    cluster.journal(answer.run().taken());
                    cluster.journal(answer.run().start());
                    cluster.journal(
                            answer.run().blockStart(0, answer.thinking() ? BlockType.THINKING : BlockType.TEXT));
                    say(cluster, answer, answer.pieces().subList(0, answer.half()));
                }
                cluster.flush();
                await().atMost(PATIENCE)
                        .until(() -> tape.events().stream()
                                        .filter(TokenEvent.BlockStart.class::isInstance)
                                        .count()
                                >= answers.size());
            }

            // When another goes on
            try (TokenProcessor second =
                    TokenProcessor.start(ProcessorConfig.from(settings), new SimpleMeterRegistry())) {
                assertThat(second.ready()).isTrue();
                for (Answer answer : answers) {
                    say(
                            cluster,
                            answer,
                            answer.pieces()
                                    .subList(answer.half(), answer.pieces().size()));
                    cluster.journal(answer.run().blockStop(0));
                    cluster.journal(answer.run().stop());
                }
                cluster.flush();
                await().atMost(PATIENCE)
                        .until(() -> tape.events().stream()
                                        .filter(TokenEvent::isTerminal)
                                        .map(event -> event.envelope().responseId())
                                        .distinct()
                                        .count()
                                == answers.size());
            }

            // Then
            Map<String, String> shown = tape.events().stream()
                    .filter(TokenEvent.BlockDelta.class::isInstance)
                    .collect(Collectors.toMap(
                            event -> event.envelope().responseId() + "/"
                                    + event.envelope().sequence(),
                            event -> ((TokenEvent.BlockDelta) event).text(),
                            (one, again) -> one,
                            java.util.LinkedHashMap::new))
                    .entrySet()
                    .stream()
                    .collect(Collectors.groupingBy(
                            entry -> entry.getKey().substring(0, entry.getKey().indexOf('/')),
                            Collectors.mapping(Map.Entry::getValue, Collectors.joining())));
            assertThat(answers)
                    .allSatisfy(
                            answer -> assertThat(shown.get(answer.ids().key().responseId()))
                                    .isEqualTo(answer.shown()));
            String all = tape.records.stream()
                    .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("\n"));
            assertThat(answers).noneMatch(answer -> all.contains(answer.secret()));
        }
    }
}

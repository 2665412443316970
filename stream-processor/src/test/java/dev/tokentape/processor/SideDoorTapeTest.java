package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.PlantedPlaces;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.rulebook.RulePublisher;
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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A forbidden text in every place where a text may stand, through a real broker: no byte of it is in a topic of
 * readers.
 */
class SideDoorTapeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String SECRET = "goldeneye";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void nothingForbiddenIsInAnyTopicThatReadersOrAnalyticsHave() {
        try (Cluster cluster = new Cluster(directory)) {
            // Given
            Map<String, String> hasty = cluster.settings("side-doors");
            // Some places are in answers that no run ever takes up.
            hasty.put("processor.job-deadline", "5s");
            Settings settings = Settings.of(hasty);
            String version = RulePublisher.publish(
                            KafkaSettings.from(settings),
                            cluster.topics,
                            "rules: [{id: hide, literals: [" + SECRET
                                    + "], applies_to: [text, thinking, tool_input, prompt]}]")
                    .version();
            List<PlantedPlaces.Place> places = PlantedPlaces.of(SECRET, version);
            Set<ResponseKey> answers = places.stream()
                    .flatMap(place -> place.journal().stream())
                    .map(JournalEntry::key)
                    .collect(Collectors.toSet());
            List<Cluster.Tape> topics = Stream.of(Topic.TOKENS, Topic.RESPONSES, Topic.METRICS)
                    .map(cluster::reader)
                    .toList();

            // When
            try (TokenProcessor processor =
                    TokenProcessor.start(ProcessorConfig.from(settings), new SimpleMeterRegistry())) {
                assertThat(processor.ready()).isTrue();
                places.forEach(place -> place.journal().forEach(cluster::journal));
                cluster.flush();
                await().atMost(PATIENCE)
                        .until(() -> topics.getFirst().events().stream()
                                .filter(TokenEvent::isTerminal)
                                .map(event -> ResponseKey.of(event.envelope()))
                                .collect(Collectors.toSet())
                                .containsAll(answers));
                await().atMost(PATIENCE)
                        .until(() ->
                                topics.stream().allMatch(topic -> topic.poll().size() >= answers.size()));
            }

            // Then
            assertThat(topics)
                    .allSatisfy(topic -> assertThat(topic.poll())
                            .noneMatch(record ->
                                    new String(record.value(), StandardCharsets.ISO_8859_1).contains(SECRET)));
        }
    }
}

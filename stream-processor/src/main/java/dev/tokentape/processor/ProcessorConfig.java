package dev.tokentape.processor;

import dev.tokentape.processor.fold.FoldLimits;
import dev.tokentape.processor.judge.JudgeSettings;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a processor works.
 *
 * @param kafka how to reach Kafka
 * @param schemaRegistryUrl where schemas are registered
 * @param topics the installation's topics
 * @param applicationId the group that all processors of the installation form; the topics' prefix goes before it
 * @param stateDirectory where the stores lie; of this process alone
 * @param httpHost the address that internal HTTP is bound to
 * @param httpPort its port; 0 takes any free one
 * @param advertisedUrl where other processors reach this one's internal HTTP; null for the bound address
 * @param threads stream threads
 * @param standbys other processors that keep a copy of each store
 * @param limits the fold's bounds
 * @param watchTimeout longest silence of a run before the watch reports it
 * @param commitInterval how often offsets are committed: the stretch that stands on the tape twice after a crash
 * @param sessionTimeout how long a dead processor is waited for before its partitions go to others; where the broker
 *     allows no session so short, the shortest it allows
 * @param startTimeout how long a start may take
 * @param moderation the moderation service that rules may want to be asked
 */
public record ProcessorConfig(
        KafkaSettings kafka,
        String schemaRegistryUrl,
        TopicCatalogue topics,
        String applicationId,
        Path stateDirectory,
        String httpHost,
        int httpPort,
        @Nullable URI advertisedUrl,
        int threads,
        int standbys,
        FoldLimits limits,
        Duration watchTimeout,
        Duration commitInterval,
        Duration sessionTimeout,
        Duration startTimeout,
        JudgeSettings moderation) {

    /** @throws dev.tokentape.schemas.config.InvalidSettingsException naming every problem there is */
    public static ProcessorConfig from(Settings settings) {
        ProcessorConfig config = read(settings);
        settings.check();
        return config;
    }

    /** The name of the consumer group, and of all that Kafka Streams creates. */
    String group() {
        return topics.prefix() + applicationId;
    }

    private static ProcessorConfig read(Settings settings) {
        FoldLimits standard = FoldLimits.standard();
        Duration maxAnswerDuration = settings.positive("processor.max-answer-duration", standard.maxAnswerDuration());
        String advertised = settings.optionalText("processor.advertised-url");
        return new ProcessorConfig(
                KafkaSettings.from(settings),
                settings.text("schema.registry.url", "http://localhost:8085"),
                TopicCatalogue.from(settings),
                settings.text("processor.application-id", "tokentape-processor"),
                Path.of(settings.text(
                        "processor.state-directory",
                        Path.of(System.getProperty("user.home"), ".tokentape", "processor")
                                .toString())),
                settings.text("processor.http.host", "127.0.0.1"),
                settings.integer("processor.http.port", 8081, 0, 65_535),
                advertised == null ? null : settings.uri("processor.advertised-url", advertised),
                settings.integer("processor.threads", 1, 1, 64),
                settings.integer("processor.standbys", 0, 0, 10),
                new FoldLimits(
                        settings.positive("processor.job-deadline", standard.jobDeadline()),
                        maxAnswerDuration,
                        toolResultsDeadline(settings, maxAnswerDuration),
                        settings.wholeNumber(
                                "processor.max-answer-characters", standard.maxAnswerCharacters(), 1, 4_000_000),
                        settings.wholeNumber(
                                "processor.max-history-characters", standard.maxHistoryCharacters(), 0, 8_000_000),
                        settings.integer("processor.max-open-responses", standard.maxOpenResponses(), 1, 1_000_000),
                        settings.wholeNumber(
                                "processor.max-open-characters",
                                standard.maxOpenCharacters(),
                                1,
                                4L * 1024 * 1024 * 1024)),
                settings.positive("processor.watch-timeout", Duration.ofSeconds(2)),
                settings.positive("processor.commit-interval", Duration.ofMillis(500)),
                settings.positive("processor.session-timeout", Duration.ofSeconds(2)),
                settings.positive("processor.start-timeout", Duration.ofSeconds(120)),
                JudgeSettings.from(settings));
    }

    /** By default 15 minutes, and always less than the answer may take, which counts from the first result. */
    private static Duration toolResultsDeadline(Settings settings, Duration maxAnswerDuration) {
        Duration threeQuarters = maxAnswerDuration.dividedBy(4).multipliedBy(3);
        Duration standard = FoldLimits.standard().toolResultsDeadline();
        Duration value = settings.positive(
                "processor.tool-results-deadline", threeQuarters.compareTo(standard) < 0 ? threeQuarters : standard);
        if (value.compareTo(maxAnswerDuration) >= 0) {
            settings.problem("processor.tool-results-deadline must be shorter than processor.max-answer-duration, "
                    + "which counts from the first result too");
        }
        return value;
    }
}

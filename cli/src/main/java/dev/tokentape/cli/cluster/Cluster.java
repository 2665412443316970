package dev.tokentape.cli.cluster;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** A Kafka cluster that answers. */
public final class Cluster implements AutoCloseable {

    /** How long a start waits for Kafka. */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** The setting which the topics that are there answer as well. */
    public static final String PARTITIONS = "topics.partitions";

    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final Admin admin;

    private Cluster(Admin admin) {
        this.admin = admin;
    }

    /**
     * Waits until Kafka answers, {@link #LONGEST_WAIT} at most.
     *
     * @param notices hears that it is being waited for, when it does not answer at once
     * @throws CommandFailure naming the address, if it does not, or does not let this client in
     */
    public static Cluster await(KafkaSettings kafka, Consumer<String> notices) throws InterruptedException {
        return await(kafka, notices, LONGEST_WAIT);
    }

    static Cluster await(KafkaSettings kafka, Consumer<String> notices, Duration longest) throws InterruptedException {
        long from = System.nanoTime();
        boolean told = false;
        while (true) {
            Throwable why;
            Duration left = longest.minusNanos(System.nanoTime() - from);
            Duration patience = told ? left : shorter(SILENCE, left);
            Admin admin = null;
            try {
                admin = Admin.create(properties(kafka, patience));
                admin.describeCluster().nodes().get();
                return new Cluster(admin);
            } catch (ExecutionException e) {
                why = e.getCause() == null ? e : e.getCause();
            } catch (KafkaException e) {
                why = rootOf(e);
            }
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
            if (!(why instanceof RetriableException) && !isUnknownHost(why)) {
                throw refused(kafka, why);
            }
            if (System.nanoTime() - from > longest.toNanos()) {
                throw silent(kafka, why, longest);
            }
            if (!told) {
                told = true;
                notices.accept("waiting for Kafka at " + kafka.bootstrapServers() + " …");
            }
            Thread.sleep(BETWEEN_TRIES);
        }
    }

    /**
     * The catalogue of the settings, with the partition count of the topics that are there unless another is asked for:
     * the count is for an installation's life, so nobody should have to know it.
     */
    public TopicCatalogue catalogue(Settings settings) {
        TopicCatalogue told = TopicCatalogue.from(settings);
        OptionalInt partitions = new TopicAdmin(admin, told).partitions();
        return settings.givenValue(PARTITIONS) != null || partitions.isEmpty()
                ? told
                : new TopicCatalogue(told.prefix(), partitions.getAsInt(), told.replicationFactor());
    }

    public Admin admin() {
        return admin;
    }

    private static Map<String, Object> properties(KafkaSettings kafka, Duration patience) {
        Map<String, Object> properties = kafka.properties();
        int millis = (int) Math.max(BETWEEN_TRIES.toMillis(), patience.toMillis());
        properties.put("request.timeout.ms", millis);
        properties.put("default.api.timeout.ms", millis);
        properties.put("reconnect.backoff.max.ms", (int) BETWEEN_TRIES.toMillis());
        return properties;
    }

    private static CommandFailure silent(KafkaSettings kafka, Throwable why, Duration longest) {
        return new CommandFailure(
                ExitCode.UNAVAILABLE,
                "no Kafka answers at %s (tried for %d s%s). Start it, or say where it is: KAFKA_BOOTSTRAP_SERVERS"
                        .formatted(
                                kafka.bootstrapServers(),
                                longest.toSeconds(),
                                isUnknownHost(why) ? "; no such host is known" : ""),
                why);
    }

    private static CommandFailure refused(KafkaSettings kafka, Throwable why) {
        return new CommandFailure(
                why instanceof ConfigException ? ExitCode.USAGE : ExitCode.UNAVAILABLE,
                "Kafka at %s cannot be used: %s".formatted(kafka.bootstrapServers(), why.getMessage()),
                why);
    }

    /** Kafka has no exception of its own for a name that does not resolve; it may, once its container is up. */
    private static boolean isUnknownHost(@Nullable Throwable why) {
        return why instanceof ConfigException
                && String.valueOf(why.getMessage()).contains("resolvable");
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public void close() {
        admin.close();
    }
}

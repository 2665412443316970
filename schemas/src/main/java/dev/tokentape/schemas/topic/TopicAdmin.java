package dev.tokentape.schemas.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the catalogue's topics on a cluster, and says where a cluster differs from the catalogue. */
public final class TopicAdmin {

    private static final Duration KNOWN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final Admin admin;
    private final TopicCatalogue catalogue;

    public TopicAdmin(Admin admin, TopicCatalogue catalogue) {
        this.admin = admin;
        this.catalogue = catalogue;
    }

    /**
     * Creates every topic that is not there, and waits until the cluster knows of them; leaves the others as they are.
     *
     * @return the names of those created
     * @throws TopicException if the broker refuses one, or does not know of them within half a minute
     */
    public List<String> create() {
        List<String> created = new ArrayList<>();
        List<NewTopic> wanted = Stream.of(Topic.values())
                .map(topic -> new NewTopic(catalogue.name(topic), catalogue.partitions(), catalogue.replicationFactor())
                        .configs(topic.configuration()))
                .toList();
        admin.createTopics(wanted).values().forEach((name, done) -> {
            try {
                await(done);
                created.add(name);
            } catch (TopicExistsException _) {
                // Left as it is; check() says whether it fits.
            }
        });
        awaitKnown();
        return created;
    }

    private void awaitKnown() {
        long deadline = System.nanoTime() + KNOWN_TIMEOUT.toNanos();
        List<String> missing = new ArrayList<>();
        do {
            missing.clear();
            describe(missing);
            if (missing.isEmpty()) {
                return;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        } while (System.nanoTime() < deadline && !Thread.currentThread().isInterrupted());
        throw new TopicException("the broker took the topics but does not know them after %d s: %s"
                .formatted(KNOWN_TIMEOUT.toSeconds(), String.join("; ", missing)));
    }

    /**
     * Compares the cluster with the catalogue.
     *
     * @return one sentence for each difference, with the way out; empty if all is well
     */
    public List<String> check() {
        List<String> problems = new ArrayList<>();
        Map<Topic, TopicDescription> found = describe(problems);
        checkPartitions(found, problems);
        checkConfigurations(found, problems);
        return problems;
    }

    /**
     * How many partitions an installation's topics have on the cluster, as told by the first of them that is there;
     * empty where there is none yet. A count is for an installation's life, so whoever was not told another takes this
     * one.
     */
    public OptionalInt partitions() {
        return describe(new ArrayList<>()).values().stream()
                .mapToInt(description -> description.partitions().size())
                .findFirst();
    }

    /**
     * The start-up check of every service.
     *
     * @throws TopicException naming every difference between cluster and catalogue
     */
    public void require() {
        List<String> problems = check();
        if (!problems.isEmpty()) {
            throw new TopicException(String.join("\n", problems));
        }
    }

    private Map<Topic, TopicDescription> describe(List<String> problems) {
        Map<Topic, TopicDescription> found = new EnumMap<>(Topic.class);
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        Stream.of(Topic.values()).map(catalogue::name).toList())
                .topicNameValues();
        for (Topic topic : Topic.values()) {
            String name = catalogue.name(topic);
            try {
                found.put(topic, await(Objects.requireNonNull(described.get(name))));
            } catch (UnknownTopicOrPartitionException _) {
                problems.add("topic %s is missing: create it with `tokentape topics --create`".formatted(name));
            }
        }
        return found;
    }

    private void checkPartitions(Map<Topic, TopicDescription> found, List<String> problems) {
        Map<Integer, List<String>> byCount = new TreeMap<>();
        found.forEach((topic, description) -> byCount.computeIfAbsent(
                        description.partitions().size(), _ -> new ArrayList<>())
                .add(catalogue.name(topic)));
        byCount.remove(catalogue.partitions());
        byCount.forEach((count, names) ->
                problems.add(("topics.partitions is %d, but %s %s %d: the count is fixed for an installation's life; "
                                + "leave topics.partitions out, set it to %d, or choose another topics.prefix")
                        .formatted(
                                catalogue.partitions(),
                                String.join(", ", names),
                                names.size() == 1 ? "has" : "have",
                                count,
                                count)));
    }

    private void checkConfigurations(Map<Topic, TopicDescription> found, List<String> problems) {
        Map<ConfigResource, Topic> resources = new HashMap<>();
        found.keySet()
                .forEach(topic ->
                        resources.put(new ConfigResource(ConfigResource.Type.TOPIC, catalogue.name(topic)), topic));
        Map<ConfigResource, Config> configs =
                await(admin.describeConfigs(resources.keySet()).all());
        configs.forEach((resource, config) -> {
            Topic topic = Objects.requireNonNull(resources.get(resource));
            for (String key : List.of("message.timestamp.type", "cleanup.policy")) {
                String wanted = topic.configuration().getOrDefault(key, defaultOf(key));
                String actual = config.get(key).value();
                if (!wanted.equals(actual)) {
                    problems.add("topic %s has %s=%s, needed is %s".formatted(resource.name(), key, actual, wanted));
                }
            }
            long largest = Long.parseLong(config.get("max.message.bytes").value());
            if (largest < RecordLimits.MAX_RECORD_BYTES) {
                problems.add("topic %s has max.message.bytes=%d, needed are at least %d"
                        .formatted(resource.name(), largest, RecordLimits.MAX_RECORD_BYTES));
            }
        });
    }

    private static String defaultOf(String key) {
        return key.equals("cleanup.policy") ? "delete" : "CreateTime";
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException cause
                    && (cause instanceof TopicExistsException || cause instanceof UnknownTopicOrPartitionException)) {
                throw cause;
            }
            throw new TopicException("the broker refused: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TopicException("interrupted while asking the broker about topics", e);
        }
    }
}

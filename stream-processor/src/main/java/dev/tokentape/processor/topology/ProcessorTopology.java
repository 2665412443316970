package dev.tokentape.processor.topology;

import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology: two steps that share nothing but the journal topic between them.
 *
 * <pre>
 *   requests, control ──▶ forward ──▶ journal ──▶ fold (turns, responses) ──▶ tape, jobs, control, responses, metrics
 *                            └──▶ dead letters ◀──┘  └──▶ journal (wake, attempt lost)
 * </pre>
 */
public final class ProcessorTopology {

    /** The store of finished turns, see {@link TurnKeys}. */
    public static final String TURNS_STORE = FoldProcessor.TURNS;

    private ProcessorTopology() {}

    public static Topology build(FoldSettings settings) {
        TopicCatalogue topics = settings.topics();
        Topology topology = new Topology();
        source(topology, "requests", topics.name(Topic.REQUESTS));
        source(topology, "control", topics.name(Topic.CONTROL));
        topology.addProcessor(
                "forward",
                () -> new ForwardProcessor(settings.codec(), topics, settings.moderation(), settings.meters()),
                "requests",
                "control");
        sink(topology, ForwardProcessor.JOURNAL_SINK, topics.name(Topic.JOURNAL), "forward");
        sink(topology, ForwardProcessor.DEAD_LETTER_SINK, topics.name(Topic.DEAD_LETTERS), "forward");

        source(topology, "journal", topics.name(Topic.JOURNAL));
        topology.addProcessor("fold", () -> new FoldProcessor(settings), "journal");
        topology.addStateStore(turns(), "fold");
        topology.addStateStore(responses(), "fold");
        sink(topology, FoldProcessor.TAPE_SINK, topics.name(Topic.TOKENS), "fold");
        sink(topology, FoldProcessor.JOBS_SINK, topics.name(Topic.JOBS), "fold");
        sink(topology, FoldProcessor.CONTROL_SINK, topics.name(Topic.CONTROL), "fold");
        sink(topology, FoldProcessor.RESPONSES_SINK, topics.name(Topic.RESPONSES), "fold");
        sink(topology, FoldProcessor.METRICS_SINK, topics.name(Topic.METRICS), "fold");
        sink(topology, FoldProcessor.JOURNAL_SINK, topics.name(Topic.JOURNAL), "fold");
        sink(topology, FoldProcessor.DEAD_LETTER_SINK, topics.name(Topic.DEAD_LETTERS), "fold");
        return topology;
    }

    private static void source(Topology topology, String name, String topic) {
        topology.addSource(name, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
    }

    private static void sink(Topology topology, String name, String topic, String parent) {
        topology.addSink(name, topic, Addressed.SERIALIZER, new ByteArraySerializer(), Addressed.PARTITIONER, parent);
    }

    /** Finished turns are kept for good; one may be as large as a record. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> turns() {
        return store(FoldProcessor.TURNS, Map.of("max.message.bytes", String.valueOf(RecordLimits.MAX_RECORD_BYTES)));
    }

    /** An entry is of use no longer than the journal that it points into is kept, so that its changelog need not be. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> responses() {
        return store(
                FoldProcessor.RESPONSES,
                Map.of(
                        "cleanup.policy", "compact,delete",
                        "retention.ms", String.valueOf(Duration.ofDays(2).toMillis()),
                        "segment.ms", String.valueOf(Duration.ofHours(1).toMillis())));
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name, Map<String, String> changelog) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(changelog)
                .withCachingDisabled();
    }
}

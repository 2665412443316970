package dev.tokentape.producer.testing;

import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The topics of one test on a real broker, with what stands around a producer: who sends jobs and orders, who reads.
 */
public final class Installation implements AutoCloseable {

    /** An event with its place in its journal partition. */
    public record Recorded(long offset, TokenEvent event) {}

    private static final int PARTITIONS = 3;

    private final Map<String, String> settings;
    private final TopicCatalogue topics;
    private final TapeCodec codec;
    private final KafkaProducer<String, byte[]> sender;
    private final KafkaConsumer<String, byte[]> reader;
    private final List<Recorded> journal = new ArrayList<>();

    public Installation(String bootstrapServers, Path folder, String prefix) {
        String registry = folder.resolve("schemas").toUri().toString();
        settings = new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                bootstrapServers,
                "schema.registry.url",
                registry,
                "topics.prefix",
                prefix,
                "topics.partitions",
                String.valueOf(PARTITIONS),
                "topics.replication-factor",
                "1",
                "producer.group",
                prefix + "producers",
                // So rarely that a test which does not ask for heartbeats sees none.
                "producer.heartbeat",
                "5s",
                "processor.watch-timeout",
                "10s"));
        topics = TopicCatalogue.from(Settings.of(settings));
        codec = new TapeCodec(SchemaRegistry.open(registry), topics);
        Map<String, Object> client = Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 0);
        try (Admin admin = Admin.create(client)) {
            new TopicAdmin(admin, topics).create();
        }
        sender = new KafkaProducer<>(client, new StringSerializer(), new ByteArraySerializer());
        reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            partitions.add(new TopicPartition(topics.name(Topic.JOURNAL), partition));
        }
        reader.assign(partitions);
    }

    /** Where everything is, to add to. */
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    /** @param more settings by key, value, key, value… */
    public ProducerConfig config(String... more) {
        Map<String, String> all = new HashMap<>(settings);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return ProducerConfig.from(Settings.of(all));
    }

    public void send(GenerationJob job) throws Exception {
        sendTo(Topic.JOBS, job.getConversationId(), codec.encode(Topic.JOBS, job));
    }

    public void sendUnreadableJob(String conversationId) throws Exception {
        sendTo(Topic.JOBS, conversationId, new byte[] {1, 2, 3});
    }

    public void cancel(GenerationJob job) throws Exception {
        order(ControlType.CANCEL, job, null);
    }

    public void stopRun(GenerationJob job, String runId) throws Exception {
        order(ControlType.STOP_RUN, job, runId);
    }

    /** Every event of the conversation that the journal holds by now, in order. */
    public List<TokenEvent> journalOf(String conversationId) {
        return recordedOf(conversationId).stream().map(Recorded::event).toList();
    }

    public List<Recorded> recordedOf(String conversationId) {
        reader.poll(Duration.ofMillis(20))
                .forEach(read -> journal.add(new Recorded(read.offset(), codec.decodeEvent(read.value()))));
        return journal.stream()
                .filter(recorded -> recorded.event().envelope().conversationId().equals(conversationId))
                .toList();
    }

    @Override
    public void close() {
        sender.close();
        reader.close();
    }

    private void order(ControlType type, GenerationJob job, @Nullable String runId) throws Exception {
        ControlCommand command = ControlCommand.newBuilder()
                .setType(type)
                .setConversationId(job.getConversationId())
                .setResponseId(job.getResponseId())
                .setRunId(runId)
                .setReason("client_request")
                .setRequestedAt(Instant.now())
                .build();
        sendTo(Topic.CONTROL, job.getConversationId(), codec.encode(Topic.CONTROL, command));
    }

    private void sendTo(Topic topic, String key, byte[] value) throws Exception {
        sender.send(new ProducerRecord<>(topics.name(topic), key, value)).get();
    }
}

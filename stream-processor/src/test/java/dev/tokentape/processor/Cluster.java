package dev.tokentape.processor;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with the catalogue's topics, a writer to them and readers of them. */
final class Cluster implements AutoCloseable {

    static final int PARTITIONS = 3;

    EmbeddedKafka kafka;
    final TopicCatalogue topics = new TopicCatalogue("", PARTITIONS, (short) 1);
    final TapeCodec codec;
    private final Path directory;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Tape> readers = new ArrayList<>();

    Cluster(Path directory) {
        this.directory = directory;
        kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(directory.resolve("kafka")));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicAdmin(admin, topics).create();
        }
        codec = new TapeCodec(SchemaRegistry.open(registryUrl()), topics);
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Stops the broker and starts it again on its data and at its address. */
    void restartBroker() {
        int port = Integer.parseInt(kafka.bootstrapServers().replaceAll(".*:", ""));
        kafka.close();
        kafka = EmbeddedKafka.start(
                EmbeddedKafkaConfig.in(directory.resolve("kafka")).withPort(port));
    }

    /** Settings of a processor whose state lies under this name. */
    Map<String, String> settings(String name) {
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        settings.put("schema.registry.url", registryUrl());
        settings.put("topics.partitions", String.valueOf(PARTITIONS));
        settings.put("topics.replication-factor", "1");
        settings.put("processor.state-directory", directory.resolve(name).toString());
        settings.put("processor.http.port", "0");
        settings.put("processor.session-timeout", "1500ms");
        // What a test says into the journal comes without heartbeats.
        settings.put("processor.watch-timeout", "60s");
        return settings;
    }

    void request(JournalEntry entry) {
        GenerationRequest request = ((JournalEntry.Requested) entry).request();
        send(Topic.REQUESTS, request.getConversationId(), codec.encode(Topic.REQUESTS, request));
    }

    void control(JournalEntry entry) {
        ControlCommand command = ((JournalEntry.Ordered) entry).command();
        send(Topic.CONTROL, command.getConversationId(), codec.encode(Topic.CONTROL, command));
    }

    void journal(JournalEntry entry) {
        byte[] value = switch (entry) {
            case JournalEntry.Requested(GenerationRequest request) -> codec.encode(Topic.JOURNAL, request);
            case JournalEntry.Ordered(ControlCommand command) -> codec.encode(Topic.JOURNAL, command);
            case JournalEntry.Reported(TokenEvent event) -> codec.encode(Topic.JOURNAL, event);
        };
        send(Topic.JOURNAL, entry.key().conversationId(), value);
    }

    void poison(String conversation) {
        send(Topic.JOURNAL, conversation, new byte[] {1, 2, 3});
    }

    private void send(Topic topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topics.name(topic), key.getBytes(StandardCharsets.UTF_8), value));
    }

    void flush() {
        producer.flush();
    }

    /** Reads a topic from its beginning. */
    Tape reader(Topic topic) {
        Tape tape = new Tape(topic);
        readers.add(tape);
        return tape;
    }

    private String registryUrl() {
        return directory.resolve("schemas.json").toUri().toString();
    }

    @Override
    public void close() {
        readers.forEach(reader -> reader.consumer.close());
        producer.close();
        kafka.close();
    }

    /** Everything read from one topic so far. */
    final class Tape {
        private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        private final List<TokenEvent> events = new ArrayList<>();

        private Tape(Topic topic) {
            List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topics.name(topic), partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
        }

        /** How many records the topic holds. */
        long written() {
            return consumer.endOffsets(consumer.assignment()).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }

        List<ConsumerRecord<byte[], byte[]>> poll() {
            consumer.poll(Duration.ofMillis(50)).forEach(records::add);
            return records;
        }

        List<TokenEvent> events() {
            poll();
            for (ConsumerRecord<byte[], byte[]> record : records.subList(events.size(), records.size())) {
                events.add(codec.decodeEvent(record.value()));
            }
            return List.copyOf(events);
        }
    }
}

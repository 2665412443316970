package dev.tokentape.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The processor alone: a journal full of answers is there before it starts; measured is how fast the tape grows. Broker and
 * processor share this process and its cores.
 */
public final class ProcessorBench implements Report {

    private static final int PARTITIONS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path folder;
    private final int tokens;
    private final int answers;
    private final int threads;
    private double seconds;

    /**
     * @param folder an empty one, for all that is written
     * @param answers that run at once
     * @param threads stream threads
     */
    public ProcessorBench(Path folder, int tokens, int answers, int threads) {
        this.folder = folder;
        this.tokens = tokens;
        this.answers = answers;
        this.threads = threads;
    }

    /** @throws BenchException if the tape does not hold everything in time */
    public void run() throws ExecutionException, InterruptedException {
        TopicCatalogue topics = new TopicCatalogue("", PARTITIONS, (short) 1);
        String registry = folder.resolve("schemas.json").toUri().toString();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicAdmin(admin, topics).create();
            fill(kafka.bootstrapServers(), topics, new TapeCodec(SchemaRegistry.open(registry), topics));
            Map<String, String> settings = new HashMap<>(Map.of(
                    "kafka.bootstrap.servers", kafka.bootstrapServers(),
                    "schema.registry.url", registry,
                    "topics.partitions", String.valueOf(PARTITIONS),
                    "topics.replication-factor", "1",
                    "processor.http.port", "0",
                    "processor.threads", String.valueOf(threads),
                    "processor.state-directory", folder.resolve("state").toString()));
            try (TokenProcessor _ =
                    TokenProcessor.start(ProcessorConfig.from(Settings.of(settings)), new SimpleMeterRegistry())) {
                seconds = untilPublished(admin, topics.name(Topic.TOKENS));
            }
        }
    }

    private void fill(String bootstrapServers, TopicCatalogue topics, TapeCodec codec) {
        String journal = topics.name(Topic.JOURNAL);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int answer = 0; answer < answers; answer++) {
                Envelope at = envelope(answer, 0);
                send(producer, journal, topics, at.conversationId(), codec.encode(Topic.JOURNAL, request(at)));
                put(producer, topics, codec, new TokenEvent.Taken(at));
                put(
                        producer,
                        topics,
                        codec,
                        new TokenEvent.MessageStart(envelope(answer, 1), "assistant", "up", "model", null, null));
                put(
                        producer,
                        topics,
                        codec,
                        new TokenEvent.BlockStart(
                                envelope(answer, 2).withBlock(0, 0), BlockType.TEXT, null, null, null, null, null));
            }
            for (int token = 0; token < tokens; token++) {
                Envelope at = envelope(token % answers, 3 + token / answers).withBlock(0, 0);
                put(producer, topics, codec, new TokenEvent.BlockDelta(at, DeltaType.TEXT, " word", null));
            }
            for (int answer = 0; answer < answers; answer++) {
                int said = 3 + tokens / answers + (answer < tokens % answers ? 1 : 0);
                put(
                        producer,
                        topics,
                        codec,
                        new TokenEvent.BlockStop(envelope(answer, said).withBlock(0, 0)));
                put(
                        producer,
                        topics,
                        codec,
                        new TokenEvent.MessageStop(
                                envelope(answer, said + 1), StopReason.END_TURN, "stop", null, null, null));
            }
            producer.flush();
        }
    }

    private static void put(
            KafkaProducer<byte[], byte[]> producer, TopicCatalogue topics, TapeCodec codec, TokenEvent event) {
        send(
                producer,
                topics.name(Topic.JOURNAL),
                topics,
                event.envelope().conversationId(),
                codec.encode(Topic.JOURNAL, event));
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            String journal,
            TopicCatalogue topics,
            String conversation,
            byte[] value) {
        producer.send(new ProducerRecord<>(
                journal, topics.partitionOf(conversation), conversation.getBytes(StandardCharsets.UTF_8), value));
    }

    private static SpecificRecordBase request(Envelope at) {
        return GenerationRequest.newBuilder()
                .setConversationId(at.conversationId())
                .setResponseId(at.responseId())
                .setRequestedAt(Instant.ofEpochMilli(at.requestedAt() / 1_000))
                .setProvider("bench")
                .setModel("model")
                .setMessages(List.of(Message.newBuilder()
                        .setRole("user")
                        .setParts(List.of(Part.newBuilder()
                                .setType(PartType.TEXT)
                                .setText("Tell me something.")
                                .build()))
                        .build()))
                .build();
    }

    private static Envelope envelope(int answer, long sequence) {
        long now = System.currentTimeMillis() * 1_000;
        return new Envelope(
                "conversation-" + answer,
                "0198c7a2-1d5e-7cc3-9d53-%012d".formatted(answer),
                1,
                "7d9f6a0e-3f5b-4a36-8c7e-%012d".formatted(answer),
                sequence,
                0,
                Envelope.NONE,
                now,
                now,
                sequence * 1_000_000,
                "bench",
                "model");
    }

    /** Seconds that all would take at the pace from the first events on the tape to the last. */
    private double untilPublished(Admin admin, String tape) throws ExecutionException, InterruptedException {
        Set<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(tape, partition))
                .collect(Collectors.toSet());
        // The question, start and block start of each answer, its tokens, and its two ends.
        long all = tokens + 5L * answers;
        long begun = System.nanoTime();
        long already = 0;
        while (System.nanoTime() - begun < PATIENCE.toNanos()) {
            long now = admin
                    .listOffsets(partitions.stream()
                            .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest())))
                    .all()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(at -> at.offset())
                    .sum();
            if (already == 0 && now > 0) {
                already = now;
                begun = System.nanoTime();
            }
            if (now >= all) {
                double took = (System.nanoTime() - begun) / 1e9;
                return already == all ? took : took * all / (all - already);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new BenchException("the tape did not hold all events within " + PATIENCE.toMinutes() + " minutes");
    }

    @Override
    public List<String> lines() {
        return List.of(
                "%,d tokens of %,d answers at once, %d stream thread(s)".formatted(tokens, answers, threads),
                "%,.0f tokens/s (%.1f s), load %.1f".formatted(tokens / seconds, seconds, load()));
    }

    @Override
    public ObjectNode json() {
        return new ObjectMapper()
                .createObjectNode()
                .put("tokens", tokens)
                .put("answers", answers)
                .put("threads", threads)
                .put("seconds", seconds)
                .put("tokens_per_second", tokens / seconds)
                .put("load", load());
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}

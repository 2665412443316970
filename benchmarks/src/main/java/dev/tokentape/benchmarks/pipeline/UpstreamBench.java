package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.benchmarks.process.Child;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.standalone.stack.LocalBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Many answers at a time through one producer in a process of its own, between a simulator in another and a broker in
 * this one: what it takes, and how long a received event waits for Kafka's acknowledgement.
 */
public final class UpstreamBench {

    static final String MEASURED = "measured";

    private static final String WARMING = "warming";
    private static final int WARM_UP_SECONDS = 10;
    /** Over so long the streams start. */
    private static final int RAMP_SECONDS = 10;
    /** After so long at most all streams run, or the machine is too slow for them. */
    private static final int SETTLE_SECONDS = 10;
    /** How late answers may end that a machine fast enough would have ended. */
    private static final Duration DRAIN = Duration.ofSeconds(90);

    /** Compiler threads stay, so that what they cost can be told. */
    private static final List<String> JVM = List.of(
            "-Xmx1g", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-XX:-UseDynamicNumberOfCompilerThreads");

    private static final Duration JOB_DEADLINE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 12;
    /** A poll of jobs asks for a batch of places, so a few more are needed than are to be in use. */
    private static final int SPARE_PLACES = 32;

    private final int streams;
    private final int tokensPerSecond;
    private final int seconds;
    private final Duration linger;

    /** @param seconds how long all streams together are measured */
    public UpstreamBench(int streams, int tokensPerSecond, int seconds, Duration linger) {
        this.streams = streams;
        this.tokensPerSecond = tokensPerSecond;
        this.seconds = seconds;
        this.linger = linger;
    }

    /**
     * Measures, with all data in this folder. A machine that is too slow gives figures that say so.
     *
     * @throws BenchException if an answer fails, or the warm-up does not come to its end
     */
    public UpstreamFigures run(Path folder) throws IOException, InterruptedException {
        try (EmbeddedKafka kafka = LocalBroker.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
                Child simulator = Child.start(UpstreamBenchSimulator.class, JVM, List.of())) {
            Map<String, String> settings = settings(kafka, folder, simulator.answer());
            prepare(settings);
            List<String> arguments = settings.entrySet().stream()
                    .map(setting -> setting.getKey() + "=" + setting.getValue())
                    .toList();
            try (Child producer = Child.start(UpstreamBenchProducer.class, JVM, arguments)) {
                if (!producer.answer().equals("ready")) {
                    throw new BenchException("the producer did not start");
                }
                return measure(settings, producer, simulator);
            }
        }
    }

    private UpstreamFigures measure(Map<String, String> settings, Child producer, Child simulator)
            throws IOException, InterruptedException {
        int warming = Math.max(1, streams / 4);
        send(settings, WARMING, warming, WARM_UP_SECONDS);
        if (awaitCompleted(producer, warming, WARM_UP_SECONDS).path("completed").asLong() < warming) {
            throw new BenchException("the warm-up, %d answers of %d s, did not end within %d s: %s"
                    .formatted(warming, WARM_UP_SECONDS, WARM_UP_SECONDS + DRAIN.toSeconds(), now(producer)));
        }
        send(settings, MEASURED, streams, RAMP_SECONDS + SETTLE_SECONDS + seconds);
        awaitActive(producer);
        producer.ask(UpstreamBenchProducer.TIMES);
        Machine machine = new Machine(producer.cost(), simulator.cost());
        JsonNode from = now(producer);
        ProcessorTime before = machine.usage();
        long start = System.nanoTime();
        long active = from.path("active").asLong();
        long heap = 0;
        long resident = 0;
        JsonNode to = from;
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
            TimeUnit.SECONDS.sleep(1);
            to = now(producer);
            active = Math.min(active, to.path("active").asLong());
            heap = Math.max(heap, to.path("heap_used_bytes").asLong());
            resident = Math.max(resident, producer.cost().residentBytes());
        }
        double wall = (System.nanoTime() - start) / 1e9;
        ProcessorTime spent = machine.usage().since(before);
        long ended = awaitCompleted(producer, warming + streams, RAMP_SECONDS + SETTLE_SECONDS)
                .path("completed")
                .asLong();
        JsonNode times = read(producer.ask(UpstreamBenchProducer.TIMES));
        return new UpstreamFigures(
                streams,
                tokensPerSecond,
                linger.toMillis(),
                wall,
                active,
                warming + streams - ended,
                (to.path("events").asLong() - from.path("events").asLong()) / wall,
                spent,
                heap,
                resident,
                times.path("append_p50_millis").asDouble(),
                times.path("append_p99_millis").asDouble(),
                times.path("append_p999_millis").asDouble(),
                times.path("append_max_millis").asDouble());
    }

    /** Until all streams run, or the time is over in which a machine that is fast enough has them all running. */
    private void awaitActive(Child producer) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (now(producer).path("active").asLong() < streams && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    /** Until so many answers have come to their end, or the time is over. */
    private static JsonNode awaitCompleted(Child producer, long wanted, int expectedSeconds)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + DRAIN.plusSeconds(expectedSeconds).toNanos();
        JsonNode figures = now(producer);
        while (figures.path("completed").asLong() < wanted && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(500);
            figures = now(producer);
        }
        return figures;
    }

    private static JsonNode now(Child producer) throws IOException {
        JsonNode figures = read(producer.ask(UpstreamBenchProducer.NOW));
        if (figures.path("failed").asLong() > 0) {
            throw new BenchException("an answer failed, so the figures would mean nothing: " + figures);
        }
        return figures;
    }

    private static JsonNode read(String figures) throws IOException {
        return JSON.readTree(figures);
    }

    private Map<String, String> settings(EmbeddedKafka kafka, Path folder, String simulator) {
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        settings.put("schema.registry.url", folder.resolve("schemas").toUri().toString());
        settings.put("topics.partitions", String.valueOf(PARTITIONS));
        settings.put("topics.replication-factor", "1");
        settings.put("producer.max-runs", String.valueOf(streams + SPARE_PLACES));
        settings.put("producer.linger", linger.toMillis() + "ms");
        settings.put("providers", WARMING + "," + MEASURED);
        for (String provider : List.of(WARMING, MEASURED)) {
            settings.put("provider." + provider + ".api", "openai-chat-completions");
            settings.put("provider." + provider + ".base-url", simulator);
        }
        return settings;
    }

    private static void prepare(Map<String, String> settings) {
        TopicCatalogue topics = TopicCatalogue.from(Settings.of(settings));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", settings.get("kafka.bootstrap.servers")))) {
            new TopicAdmin(admin, topics).create();
        }
        new TapeCodec(SchemaRegistry.open(String.valueOf(settings.get("schema.registry.url"))), topics)
                .publishSchemas();
    }

    private void send(Map<String, String> settings, String provider, int answers, int length) {
        TopicCatalogue topics = TopicCatalogue.from(Settings.of(settings));
        TapeCodec codec =
                new TapeCodec(SchemaRegistry.open(String.valueOf(settings.get("schema.registry.url"))), topics);
        String model = "sim?ttft=100&tps=%d&tokens=%d".formatted(tokensPerSecond, tokensPerSecond * length);
        Map<String, Object> client =
                Map.of("bootstrap.servers", String.valueOf(settings.get("kafka.bootstrap.servers")), "acks", "all");
        try (KafkaProducer<String, byte[]> sender =
                new KafkaProducer<>(client, new StringSerializer(), new ByteArraySerializer())) {
            long start = System.nanoTime();
            long gap = TimeUnit.SECONDS.toNanos(RAMP_SECONDS) / answers;
            for (int i = 0; i < answers; i++) {
                LockSupport.parkNanos(start + i * gap - System.nanoTime());
                GenerationJob job = job(provider + "-" + i, provider, model);
                sender.send(new ProducerRecord<>(
                        topics.name(Topic.JOBS), job.getConversationId(), codec.encode(Topic.JOBS, job)));
            }
        }
    }

    private static GenerationJob job(String conversation, String provider, String model) {
        String response = UUID.randomUUID().toString();
        Part part = Part.newBuilder()
                .setType(PartType.TEXT)
                .setText("Tell me about tapes, " + conversation)
                .build();
        GenerationRequest request = GenerationRequest.newBuilder()
                .setConversationId(conversation)
                .setResponseId(response)
                .setRequestedAt(Instant.now())
                .setProvider(provider)
                .setModel(model)
                .setMessages(List.of(Message.newBuilder()
                        .setRole("user")
                        .setParts(List.of(part))
                        .build()))
                .build();
        return GenerationJob.newBuilder()
                .setConversationId(conversation)
                .setResponseId(response)
                .setAttempt(1)
                .setDeadline(Instant.now().plus(JOB_DEADLINE))
                .setRequest(request)
                .setHistory(List.of())
                .build();
    }
}

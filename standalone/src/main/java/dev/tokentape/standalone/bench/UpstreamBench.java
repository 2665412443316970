package dev.tokentape.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Many answers at a time through one producer in a process of its own, between a simulator in another and a broker in this
 * one: what it takes, and how long a received event waits for Kafka's acknowledgement.
 */
public final class UpstreamBench {

    private static final String MEASURED = "measured";
    private static final String WARMING = "warming";
    private static final int WARM_UP_SECONDS = 10;
    private static final Duration SLACK = Duration.ofMinutes(5);
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
     * Measures, with all data in this folder.
     *
     * @throws BenchException if an answer fails, or not all come to their end
     */
    public UpstreamFigures run(Path folder) throws IOException, InterruptedException {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
                UpstreamBenchProcess simulator =
                        UpstreamBenchProcess.start(UpstreamBenchSimulator.class, List.of("-Xmx1g"), List.of())) {
            Map<String, String> settings = settings(kafka, folder, simulator.line());
            prepare(settings);
            List<String> arguments = settings.entrySet().stream()
                    .map(setting -> setting.getKey() + "=" + setting.getValue())
                    .toList();
            try (UpstreamBenchProcess producer =
                    UpstreamBenchProcess.start(UpstreamBenchProducer.class, List.of("-Xmx1g"), arguments)) {
                if (!producer.line().equals("ready")) {
                    throw new BenchException("the producer did not start");
                }
                return measure(settings, producer, simulator);
            }
        }
    }

    private UpstreamFigures measure(
            Map<String, String> settings, UpstreamBenchProcess producer, UpstreamBenchProcess simulator)
            throws IOException, InterruptedException {
        int warming = Math.max(1, streams / 10);
        send(settings, WARMING, warming, WARM_UP_SECONDS);
        awaitCompleted(producer, warming, WARM_UP_SECONDS);
        send(settings, MEASURED, streams, seconds + WARM_UP_SECONDS);
        awaitActive(producer);
        JsonNode from = figures(producer);
        long simulatorFrom = simulator.cpuNanos();
        long start = System.nanoTime();
        JsonNode to = from;
        long heapMost = 0;
        long residentMost = 0;
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
            TimeUnit.SECONDS.sleep(1);
            to = figures(producer);
            heapMost = Math.max(heapMost, to.path("heap_used_bytes").asLong());
            residentMost = Math.max(residentMost, to.path("resident_bytes").asLong());
        }
        long wall = System.nanoTime() - start;
        long simulatorCpu = simulator.cpuNanos() - simulatorFrom;
        JsonNode end = awaitCompleted(producer, warming + streams, WARM_UP_SECONDS);
        double events = to.path("events").asLong() - from.path("events").asLong();
        double cpu = to.path("cpu_nanos").asLong() - from.path("cpu_nanos").asLong();
        return new UpstreamFigures(
                streams,
                tokensPerSecond,
                wall / 1e9,
                events / (wall / 1e9),
                100 * cpu / wall,
                cpu / 1e3 / Math.max(1, events),
                heapMost,
                residentMost,
                end.path("append_p50_millis").asDouble(),
                end.path("append_p99_millis").asDouble(),
                end.path("append_p99.9_millis").asDouble(),
                end.path("append_max_millis").asDouble(),
                end.path("events").asLong(),
                100.0 * simulatorCpu / wall);
    }

    private void awaitActive(UpstreamBenchProcess producer) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SLACK.toNanos();
        while (figures(producer).path("active").asLong() < streams) {
            if (System.nanoTime() > deadline) {
                throw new BenchException("not all %d streams were running within %d s; %s"
                        .formatted(streams, SLACK.toSeconds(), figures(producer)));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private JsonNode awaitCompleted(UpstreamBenchProcess producer, long wanted, int expectedSeconds)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SLACK.plusSeconds(expectedSeconds).toNanos();
        while (true) {
            JsonNode figures = figures(producer);
            if (figures.path("failed").asLong() > 0) {
                throw new BenchException("an answer failed: " + figures);
            }
            if (figures.path("completed").asLong() >= wanted) {
                return figures;
            }
            if (System.nanoTime() > deadline) {
                throw new BenchException("not all answers came to their end in time: " + figures);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static JsonNode figures(UpstreamBenchProcess producer) throws IOException {
        return new ObjectMapper().readTree(producer.ask(MEASURED));
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
        List<GenerationJob> jobs = new ArrayList<>();
        for (int i = 0; i < answers; i++) {
            jobs.add(job(provider + "-" + i, provider, model));
        }
        Map<String, Object> client =
                Map.of("bootstrap.servers", String.valueOf(settings.get("kafka.bootstrap.servers")), "acks", "all");
        try (KafkaProducer<String, byte[]> sender =
                new KafkaProducer<>(client, new StringSerializer(), new ByteArraySerializer())) {
            for (GenerationJob job : jobs) {
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
                .setDeadline(Instant.now().plus(SLACK))
                .setRequest(request)
                .setHistory(List.of())
                .build();
    }
}

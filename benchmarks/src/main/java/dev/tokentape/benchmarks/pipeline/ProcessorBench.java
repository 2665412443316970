package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.standalone.stack.LocalBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The processor alone: a journal full of answers is there before it starts; measured is how fast the tape grows. Broker
 * and processor share this process and its cores.
 */
public final class ProcessorBench implements PipelineReport {

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
        try (EmbeddedKafka kafka = LocalBroker.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
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
        try (BenchJournal journal = new BenchJournal(bootstrapServers, topics, codec)) {
            List<BenchJournal.Answer> all = IntStream.range(0, answers)
                    .mapToObj(number -> journal.begin("conversation-" + number, number))
                    .toList();
            for (int token = 0; token < tokens; token++) {
                all.get(token % answers).say(" word");
            }
            all.forEach(BenchJournal.Answer::end);
        }
    }

    /** Seconds that all would take at the pace from the first events on the tape to the last. */
    private double untilPublished(Admin admin, String tape) throws ExecutionException, InterruptedException {
        Set<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(tape, partition))
                .collect(Collectors.toSet());
        long all = tokens + (long) answers * (BenchJournal.EVENTS_TO_BEGIN + BenchJournal.EVENTS_TO_END);
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

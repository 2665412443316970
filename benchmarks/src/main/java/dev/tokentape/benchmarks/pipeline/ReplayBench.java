package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.benchmarks.process.Child;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.standalone.stack.LocalBroker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * How long readers wait when a processor with many open answers is killed and another takes its partitions over: until
 * that one has them, which is a matter of the session timeout, and from then until each answer's next token is on the
 * tape, which is the replay. The killed processor is a process of its own; the broker and the other one are in this
 * process.
 */
public final class ReplayBench implements PipelineReport {

    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String NEW = " new";

    private final Path folder;
    private final int answers;
    private final int tokens;
    private final Duration sessionTimeout;
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final List<Double> waits = new ArrayList<>();
    private double moved;
    private double replays;

    /**
     * @param folder an empty one, for all that is written
     * @param answers open in the killed processor, more or less; as many are open in the other
     * @param tokens of each so far
     */
    public ReplayBench(Path folder, int answers, int tokens, Duration sessionTimeout) {
        this.folder = folder;
        this.answers = answers;
        this.tokens = tokens;
        this.sessionTimeout = sessionTimeout;
    }

    /** @throws BenchException if the other processor does not take over in time */
    public void run() throws IOException, InterruptedException {
        TopicCatalogue topics = new TopicCatalogue("", PARTITIONS, (short) 1);
        String registryUrl = folder.resolve("schemas.json").toUri().toString();
        TapeCodec codec = new TapeCodec(SchemaRegistry.open(registryUrl), topics);
        try (EmbeddedKafka kafka = LocalBroker.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")))) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                new TopicAdmin(admin, topics).create();
            }
            Map<String, String> settings = Map.of(
                    "kafka.bootstrap.servers",
                    kafka.bootstrapServers(),
                    "schema.registry.url",
                    registryUrl,
                    "topics.partitions",
                    String.valueOf(PARTITIONS),
                    "topics.replication-factor",
                    "1",
                    "processor.http.port",
                    "0",
                    "processor.session-timeout",
                    sessionTimeout.toMillis() + "ms");
            try (Child doomed = Child.start(
                            ReplayBenchProcessor.class, List.of("-Xmx1g"), arguments(of(settings, "doomed")));
                    BenchJournal journal = new BenchJournal(kafka.bootstrapServers(), topics, codec);
                    TapeEnd tape = new TapeEnd(kafka.bootstrapServers(), topics, codec)) {
                doomed.answer();
                try (TokenProcessor heir =
                        TokenProcessor.start(ProcessorConfig.from(Settings.of(of(settings, "heir"))), registry)) {
                    List<BenchJournal.Answer> open = begin(journal, topics);
                    tape.await((long) open.size() * (BenchJournal.EVENTS_TO_BEGIN + tokens));
                    kill(doomed, heir, journal, open, tape);
                }
            }
        }
    }

    private Map<String, String> of(Map<String, String> settings, String name) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("processor.state-directory", folder.resolve(name).toString());
        return own;
    }

    private static List<String> arguments(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .toList();
    }

    /** Answers for both processors, the same number in each partition. */
    private List<BenchJournal.Answer> begin(BenchJournal journal, TopicCatalogue topics) {
        int[] left = new int[PARTITIONS];
        int all = 2 * answers;
        for (int i = 0; i < PARTITIONS; i++) {
            left[i] = all / PARTITIONS + (i < all % PARTITIONS ? 1 : 0);
        }
        List<BenchJournal.Answer> open = new ArrayList<>();
        for (int name = 0; open.size() < all; name++) {
            String conversation = "conversation-" + name;
            if (left[topics.partitionOf(conversation)]-- > 0) {
                open.add(journal.begin(conversation, name));
            }
        }
        for (int i = 0; i < tokens; i++) {
            open.forEach(answer -> answer.say(" word"));
        }
        journal.flush();
        return open;
    }

    private void kill(
            Child doomed, TokenProcessor heir, BenchJournal journal, List<BenchJournal.Answer> open, TapeEnd tape)
            throws InterruptedException {
        int its = open.size()
                - (int) registry.get("tokentape.processor.open.responses")
                        .gauge()
                        .value();
        if (its == 0) {
            throw new BenchException("the processor to be killed had no answers");
        }
        doomed.kill();
        long killed = System.nanoTime();
        open.forEach(answer -> answer.say(NEW));
        journal.flush();
        Map<String, Double> seen = new HashMap<>();
        boolean moving = false;
        while (seen.size() < open.size()) {
            double now = (System.nanoTime() - killed) / 1e9;
            if (now > PATIENCE.toSeconds()) {
                throw new BenchException("%d of %d answers did not go on within %d s"
                        .formatted(open.size() - seen.size(), open.size(), PATIENCE.toSeconds()));
            }
            if (!heir.ready()) {
                moving = true;
            } else if (moving && moved == 0) {
                moved = now;
            }
            tape.poll(event -> {
                if (event instanceof TokenEvent.BlockDelta delta && delta.text().equals(NEW)) {
                    seen.putIfAbsent(event.envelope().responseId(), (System.nanoTime() - killed) / 1e9);
                }
            });
        }
        // The heir's own answers went on at once.
        seen.values().stream().sorted().skip(open.size() - its).forEach(waits::add);
        Timer replay = registry.get("tokentape.processor.replay").timer();
        replays = replay.max(TimeUnit.SECONDS);
    }

    private double waited(double part) {
        return waits.get((int) Math.min(waits.size() - 1, Math.floor(part * waits.size())));
    }

    @Override
    public List<String> lines() {
        return List.of(
                "%,d open answers of %,d tokens in the processor that was killed, as many in the other one"
                        .formatted(waits.size(), tokens),
                "taken over %.2f s after the kill, %.1f s of it the session timeout"
                        .formatted(moved, sessionTimeout.toMillis() / 1000.0),
                "next token from then: first %.2f s   half %.2f s   all %.2f s"
                        .formatted(waited(0) - moved, waited(0.5) - moved, waited(1) - moved),
                "a stream thread waited %.2f s at most for a partition's replay, load %.1f".formatted(replays, load()));
    }

    @Override
    public ObjectNode json() {
        return new ObjectMapper()
                .createObjectNode()
                .put("answers", waits.size())
                .put("tokens", tokens)
                .put("session_timeout_seconds", sessionTimeout.toMillis() / 1000.0)
                .put("taken_over_seconds", moved)
                .put("first_seconds", waited(0))
                .put("half_seconds", waited(0.5))
                .put("all_seconds", waited(1))
                .put("longest_replay_seconds", replays)
                .put("load", load());
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}

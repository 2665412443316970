package dev.tokentape.benchmarks.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.benchmarks.pipeline.PipelineReport;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.cli.client.Accepted;
import dev.tokentape.cli.client.Question;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How long readers wait after a fault. In every round answers run, each read over SSE, over WebSocket and by pages, by
 * clients that know both gateways; then the fault happens, and the longest silence of each reader from then on is its
 * wait. Every reader must see all events of its answer, once, in order, to the end.
 */
public final class FaultsBench implements PipelineReport {

    private static final int TOKENS_PER_SECOND = 20;
    private static final int TOKENS = 6 * TOKENS_PER_SECOND;
    private static final int TOKENS_AT_RANDOM = 18 * TOKENS_PER_SECOND;
    private static final int EVENTS_BEFORE = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final Duration BETWEEN_RANDOM = Duration.ofMillis(3_000);
    private static final int RANDOM_FAULTS = 5;
    private static final Duration REGISTRY_AWAY = Duration.ofSeconds(5);

    private final Path folder;
    private final Options options;
    private final Consumer<String> progress;
    private final Map<InstallationFault, Findings> findings = new EnumMap<>(InstallationFault.class);

    /**
     * What to measure, and how much of it.
     *
     * @param answers that run at a time; each has three readers
     * @param away how long the broker is away in that row
     * @param seed which faults come at random
     * @param logs where what the processes say is kept; null for nowhere
     */
    public record Options(
            int rounds,
            int answers,
            Duration away,
            long seed,
            Collection<InstallationFault> faults,
            @Nullable Path logs) {}

    /**
     * @param folder an empty one, for all that is written
     * @param progress hears what is being done
     */
    public FaultsBench(Path folder, Options options, Consumer<String> progress) {
        this.folder = folder;
        this.options = options;
        this.progress = progress;
    }

    /** @throws BenchException if a service does not start, or an answer does not end */
    public void run() throws IOException, InterruptedException {
        progress.accept("starting a broker, the simulator and two of each service, each a process of its own");
        try (Fleet fleet = Fleet.start(folder, options.logs());
                TapeClient asking = fleet.client(0);
                JournalTimes journal = new JournalTimes(
                        fleet.bootstrapServers(),
                        fleet.topics(),
                        new TapeCodec(
                                SchemaRegistry.open(fleet.settings().text("schema.registry.url", "")),
                                fleet.topics()))) {
            warmUp(fleet, asking);
            for (InstallationFault fault : options.faults()) {
                Findings its = findings.computeIfAbsent(fault, Findings::new);
                for (int round = 0; round < options.rounds(); round++) {
                    if (fault == InstallationFault.REGISTRY_AWAY) {
                        registryAway(fleet, its, round);
                    } else {
                        round(fleet, asking, journal, its, round);
                    }
                    its.round();
                    progress.accept("%s, round %d of %d: %s"
                            .formatted(fault, round + 1, options.rounds(), String.join(" | ", its.cells())));
                }
            }
        }
    }

    private void warmUp(Fleet fleet, TapeClient asking) throws IOException, InterruptedException {
        List<TapeClient> clients = new ArrayList<>();
        try {
            List<ClockedReader> readers = ask(fleet, asking, clients, TOKENS / 3, "warm-up");
            awaitEnds(readers);
        } finally {
            clients.forEach(TapeClient::close);
        }
    }

    private void round(Fleet fleet, TapeClient asking, JournalTimes journal, Findings its, int round)
            throws IOException, InterruptedException {
        boolean random = its.fault() == InstallationFault.RANDOM;
        List<TapeClient> clients = new ArrayList<>();
        try {
            List<ClockedReader> readers =
                    ask(fleet, asking, clients, random ? TOKENS_AT_RANDOM : TOKENS, its.fault() + "-" + round);
            await(
                    () -> readers.stream().allMatch(reader -> reader.hasRead(EVENTS_BEFORE)),
                    "the answers did not begin");
            journal.skip();
            long faultMillis = System.currentTimeMillis();
            long fault = System.nanoTime();
            int which = round % Fleet.OF_EACH;
            switch (its.fault()) {
                case PROCESSOR_KILLED -> fleet.processors().get(which).kill();
                case PRODUCER_KILLED -> fleet.producers().get(which).kill();
                case GATEWAY_KILLED -> fleet.gateways().get(which).kill();
                case GATEWAY_FROZEN -> fleet.gateways().get(which).freeze();
                case BROKER_RESTARTED -> restartBroker(fleet, Duration.ZERO);
                case BROKER_AWAY -> restartBroker(fleet, options.away());
                case RANDOM -> atRandom(fleet, new SplittableRandom(options.seed() + round), its);
                case REGISTRY_AWAY -> throw new IllegalArgumentException("has no readers");
            }
            awaitEnds(readers);
            measure(fleet, journal, its, readers, fault, faultMillis, which);
            repair(fleet, its.fault(), which);
        } finally {
            clients.forEach(TapeClient::close);
        }
    }

    private List<ClockedReader> ask(Fleet fleet, TapeClient asking, List<TapeClient> clients, int tokens, String name)
            throws IOException {
        List<ClockedReader> readers = new ArrayList<>();
        for (int i = 0; i < options.answers(); i++) {
            Question question = new Question(
                    "faults-" + name + "-" + i + "-" + UUID.randomUUID(),
                    "Question %d of %s".formatted(i, name),
                    "openai",
                    "sim?tps=%d&tokens=%d&ttft=50&jitter=0".formatted(TOKENS_PER_SECOND, tokens),
                    i % 2 == 0 ? LostPolicy.RESTART : LostPolicy.ERROR);
            Accepted accepted = asking.ask(question, UUID.randomUUID().toString());
            for (ClockedReader.Transport transport : ClockedReader.Transport.values()) {
                TapeClient client = fleet.client(i + transport.ordinal());
                clients.add(client);
                readers.add(ClockedReader.start(client, accepted, transport));
            }
        }
        return readers;
    }

    private static void restartBroker(Fleet fleet, Duration away) throws InterruptedException {
        fleet.broker().kill();
        TimeUnit.NANOSECONDS.sleep(away.toNanos());
        fleet.replaceBroker();
    }

    private void atRandom(Fleet fleet, SplittableRandom random, Findings its) throws InterruptedException {
        StringBuilder done = new StringBuilder();
        for (int i = 0; i < RANDOM_FAULTS; i++) {
            int which = random.nextInt(Fleet.OF_EACH);
            int kind = random.nextInt(9);
            switch (kind) {
                case 0, 1 -> {
                    fleet.processors().get(which).kill();
                    fleet.replaceProcessor(which);
                }
                case 2, 3 -> {
                    fleet.producers().get(which).kill();
                    fleet.replaceProducer(which);
                }
                case 4, 5 -> {
                    fleet.gateways().get(which).kill();
                    fleet.replaceGateway(which);
                }
                case 6, 7 -> {
                    ServiceChild frozen = fleet.gateways().get(which);
                    frozen.freeze();
                    Thread.ofVirtual().start(() -> thawLater(frozen));
                }
                default -> restartBroker(fleet, Duration.ZERO);
            }
            done.append(List.of("processor", "producer", "gateway", "freeze", "broker")
                            .get(kind / 2))
                    .append(' ');
            TimeUnit.NANOSECONDS.sleep(BETWEEN_RANDOM.toNanos());
        }
        progress.accept("%s, seed %d: %s"
                .formatted(its.fault(), options.seed(), done.toString().strip()));
    }

    private static void thawLater(ServiceChild frozen) {
        try {
            TimeUnit.NANOSECONDS.sleep(BETWEEN_RANDOM.multipliedBy(2).toNanos());
            if (frozen.alive()) {
                frozen.thaw();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (BenchException _) {
            // It was killed meanwhile.
        }
    }

    private void measure(
            Fleet fleet,
            JournalTimes journal,
            Findings its,
            List<ClockedReader> readers,
            long fault,
            long faultMillis,
            int which) {
        JournalTimes.Times times = journal.read(faultMillis);
        List<Wait> waits =
                readers.stream().map(reader -> reader.longestAfter(fault)).toList();
        waits.forEach(its::reader);
        readers.stream().map(ClockedReader::wrong).filter(Objects::nonNull).forEach(its::wrong);
        switch (its.fault()) {
            case PROCESSOR_KILLED -> takenOver(fleet.processors().get(1 - which), fault, its);
            case PRODUCER_KILLED -> triedAgain(times, faultMillis, its);
            case BROKER_RESTARTED, BROKER_AWAY -> cameBack(fleet, times, fault, faultMillis, waits, its);
            default -> {}
        }
    }

    private static void takenOver(ServiceChild heir, long fault, Findings its) {
        ServiceChild.Line begun = heir.firstAfter(fault, says("from=RUNNING to=REBALANCING"));
        if (begun == null) {
            return;
        }
        its.part("session time-out", (begun.at() - fault) / 1e9);
        ServiceChild.Line done = heir.firstAfter(begun.at(), says("to=RUNNING"));
        if (done != null) {
            its.part("rebalance and stores", (done.at() - begun.at()) / 1e9);
            ServiceChild.Line replayed = heir.firstAfter(begun.at(), says("Replayed: "));
            if (replayed != null) {
                its.part("replay after that", Math.max(0, replayed.at() - done.at()) / 1e9);
            }
        }
    }

    private static void triedAgain(JournalTimes.Times times, long faultMillis, Findings its) {
        for (String response : times.lost()) {
            times.lostAt(response, lost -> {
                its.part("watch", (lost - faultMillis) / 1e3);
                times.takenAt(response, taken -> {
                    its.part("job taken", (taken - lost) / 1e3);
                    times.saidAt(response, said -> its.part("provider", (said - taken) / 1e3));
                });
            });
        }
    }

    private static void cameBack(
            Fleet fleet, JournalTimes.Times times, long fault, long faultMillis, List<Wait> waits, Findings its) {
        ServiceChild.Line ready = fleet.broker().firstAfter(fault, says(BrokerMain.READY));
        if (ready == null) {
            return;
        }
        double back = (ready.at() - fault) / 1e9;
        its.part("until the broker was back", back);
        if (times.first() != Long.MAX_VALUE) {
            its.part("then to the journal", Math.max(0, (times.first() - faultMillis) / 1e3 - back));
        }
        waits.stream()
                .filter(wait -> wait.seconds() >= Findings.LEAST_WAIT)
                .forEach(wait -> its.part("reader after the broker was back", Math.max(0, wait.seconds() - back)));
    }

    private static Predicate<String> says(String words) {
        return line -> line.contains(words);
    }

    private static void repair(Fleet fleet, InstallationFault fault, int which) throws InterruptedException {
        switch (fault) {
            case PROCESSOR_KILLED -> fleet.replaceProcessor(which);
            case PRODUCER_KILLED -> fleet.replaceProducer(which);
            case GATEWAY_KILLED -> fleet.replaceGateway(which);
            case GATEWAY_FROZEN -> fleet.gateways().get(which).thaw();
            default -> {}
        }
        fleet.awaitAll();
    }

    /** From the registry's start until each service that waited for it is ready. */
    private static void registryAway(Fleet fleet, Findings its, int round) throws IOException, InterruptedException {
        int port = Fleet.freePort();
        Map<String, String> elsewhere = fleet.elsewhere("away" + round, "http://127.0.0.1:" + port);
        List<ServiceChild> waiting = new ArrayList<>();
        try {
            ServiceChild topics = fleet.creatingTopics(elsewhere);
            waiting.add(topics);
            TimeUnit.NANOSECONDS.sleep(REGISTRY_AWAY.toNanos());
            long started = System.nanoTime();
            try (RegistryStub _ = RegistryStub.start(port)) {
                await(topics, line -> line.startsWith("all "), "topics --create", started, its);
            }
            for (String service : List.of("processor", "producer", "gateway")) {
                waiting.add(fleet.service(service, elsewhere));
            }
            TimeUnit.NANOSECONDS.sleep(REGISTRY_AWAY.toNanos());
            started = System.nanoTime();
            try (RegistryStub _ = RegistryStub.start(port)) {
                for (ServiceChild child : waiting.subList(1, waiting.size())) {
                    await(child, Fleet::saysReady, child.name(), started, its);
                }
            }
        } finally {
            waiting.forEach(ServiceChild::close);
        }
    }

    private static void await(ServiceChild child, Predicate<String> ready, String name, long started, Findings its)
            throws InterruptedException {
        try {
            double waited = Math.max(0, child.await(ready, PATIENCE).at() - started) / 1e9;
            its.waited(waited);
            its.part(name, waited);
        } catch (BenchException e) {
            its.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static void awaitEnds(List<ClockedReader> readers) throws InterruptedException {
        try {
            await(
                    () -> readers.stream().allMatch(reader -> reader.ended() || reader.wrong() != null),
                    "answers did not end");
        } finally {
            for (ClockedReader reader : readers) {
                if (!reader.join(Duration.ofMillis(500))) {
                    reader.giveUp();
                }
            }
        }
    }

    private static void await(java.util.function.BooleanSupplier met, String otherwise) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!met.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new BenchException("%s within %d minutes".formatted(otherwise, PATIENCE.toMinutes()));
            }
            TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
        }
    }

    /**
     * What was not as promised: each a reader that missed or repeated something, or saw no end, or a start that failed.
     */
    public List<String> wrong() {
        return findings.values().stream().flatMap(its -> its.wrong().stream()).toList();
    }

    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "bench faults: %d processors, Java %s, %d answers at a time with three readers each; seconds; a reader"
                                .formatted(
                                        Runtime.getRuntime().availableProcessors(),
                                        Runtime.version(),
                                        options.answers())
                        + " waited if it was silent for %.0f s or more".formatted(Findings.LEAST_WAIT));
        lines.add("");
        lines.add("| fault | rounds | waited | median | worst | to the end | made of: median (worst) | load |");
        lines.add("|---|---|---|---|---|---|---|---|");
        findings.values().forEach(its -> lines.add("| " + String.join(" | ", its.cells()) + " |"));
        wrong().forEach(words -> lines.add("not as promised: " + words));
        return lines;
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("bench", "faults")
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("java", Runtime.version().toString())
                .put("answers", options.answers())
                .put("broker_away_seconds", options.away().toMillis() / 1e3)
                .put("seed", options.seed());
        findings.values().forEach(its -> its.addTo(json.withArray("/rows")));
        return json;
    }
}

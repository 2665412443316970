package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Processors and producers as processes of their own on one broker, killed at random under load. Whatever dies, every
 * answer ends, and what readers have seen of it is what the upstream has said.
 *
 * <p>{@code -Dtokentape.faults.seconds} says for how long (the Maven profile {@code faults}: 60), {@code
 * -Dtokentape.seed} which process dies when.
 */
class RandomKillsTest {

    private static final long SECONDS = Long.getLong("tokentape.faults.seconds", 8);
    private static final int READERS_AT_A_TIME = 24;
    private static final String MODEL = "sim?tps=60&tokens=90&ttft=50";

    /** Two of each, so that one is there when the other dies; a dead one is replaced at once. */
    private static final class Fleet {
        private final House house;
        private final List<ServiceProcess> producers = new ArrayList<>();
        private final List<ServiceProcess> processors = new ArrayList<>();
        private final List<Integer> ports;

        private Fleet(House house, List<Integer> ports) {
            this.house = house;
            this.ports = ports;
            for (int port : ports) {
                processors.add(house.processorProcess(port));
                producers.add(house.producerProcess());
            }
        }

        private String kill(SplittableRandom random) {
            int which = random.nextInt(2);
            if (random.nextBoolean()) {
                producers.set(which, replaced(producers.get(which), house.producerProcess()));
                return "producer";
            }
            processors.get(which).kill();
            processors.set(which, house.processorProcess(ports.get(which)));
            return "processor";
        }

        private static ServiceProcess replaced(ServiceProcess dead, ServiceProcess successor) {
            dead.kill();
            return successor;
        }
    }

    /** One answer as its reader has seen it. */
    private record Read(String conversation, String prompt, EventStream stream, String response) {

        private List<JsonNode> events() {
            return stream.events();
        }

        private @Nullable String end() {
            List<JsonNode> ends = stream.terminals(response);
            if (ends.size() != 1) {
                return null;
            }
            String type = ends.getFirst().get("type").textValue();
            return type.equals("error") ? ends.getFirst().at("/error/code").textValue() : type;
        }

        private long repeats() {
            List<Long> sequences = stream.sequences(response);
            return sequences.size() - sequences.stream().distinct().count();
        }

        /** Numbers that are missing below the highest one, and gaps that the gateway has admitted. */
        private long losses() {
            List<Long> sequences = stream.sequences(response);
            long highest = sequences.stream().mapToLong(Long::longValue).max().orElse(-1);
            long gaps = events().stream()
                    .filter(event -> event.get("type").textValue().equals("gap"))
                    .count();
            return highest + 1 - sequences.stream().distinct().count() + gaps;
        }
    }

    @Test
    void whateverDiesEveryAnswerEndsAndShowsWhatTheUpstreamSaid() throws Exception {
        long seed = Long.getLong("tokentape.seed", System.nanoTime());
        System.out.println("RandomKillsTest seed: " + seed + " (-Dtokentape.seed)");
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> kills = new TreeMap<>();
        Queue<Read> answers = new ConcurrentLinkedQueue<>();
        try (House house = House.start(Map.of("processor.session-timeout", "2s", "processor.watch-timeout", "2s"))) {
            // Given a house whose processors and producers can be killed
            List<Integer> ports = List.of(House.freePort(), House.freePort());
            house.setting(
                    "gateway.processor-urls",
                    "http://127.0.0.1:%d,http://127.0.0.1:%d".formatted(ports.get(0), ports.get(1)));
            Fleet fleet = new Fleet(house, ports);
            Client client = new Client(house.gateway().url());
            client.askAndWait("warm-up", "Are you there?", MODEL);

            // When they are, while answers are asked for and read
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> reading = new ArrayList<>();
                for (int i = 0; i < READERS_AT_A_TIME; i++) {
                    String reader = "reader-" + i;
                    reading.add(readers.submit(() -> askAndRead(client, reader, end, answers)));
                }
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500 + random.nextInt(3_500)));
                    kills.merge(fleet.kill(random), 1, Integer::sum);
                }
                readers.shutdown();
                assertThat(readers.awaitTermination(3, TimeUnit.MINUTES)).isTrue();
                for (Future<?> reader : reading) {
                    reader.get();
                }
            }

            // Then
            Map<String, Integer> endings = new TreeMap<>();
            answers.forEach(read -> endings.merge(String.valueOf(read.end()), 1, Integer::sum));
            long losses = answers.stream().mapToLong(Read::losses).sum();
            long repeats = answers.stream().mapToLong(Read::repeats).sum();
            System.out.printf(
                    "RandomKillsTest: %d s, %d answers, killed %s, endings %s, losses %d, repeats seen by readers %d%n",
                    SECONDS, answers.size(), kills, endings, losses, repeats);
            assertThat(answers).hasSizeGreaterThanOrEqualTo(READERS_AT_A_TIME);
            assertThat(losses).isZero();
            assertThat(repeats).isZero();
            assertThat(endings.keySet()).isSubsetOf("message_stop", "producer_lost", "no_producer");
            assertThat(endings.getOrDefault("message_stop", 0)).isGreaterThan(answers.size() / 4);
            for (Read read : answers) {
                String said = house.said(MODEL, read.prompt());
                String text = read.stream().text(read.response());
                if ("message_stop".equals(read.end())) {
                    assertThat(text).as(read.conversation()).isEqualTo(said);
                } else {
                    assertThat(said).as(read.conversation()).startsWith(text);
                }
            }
        }
    }

    private static void askAndRead(Client client, String reader, long end, Queue<Read> answers) {
        for (int i = 0; System.nanoTime() < end; i++) {
            String conversation = reader + "-" + i;
            String prompt = "Question " + i + " of " + reader;
            JsonNode asked = Client.parse(client.postBody(
                            conversation,
                            Map.of(
                                    "prompt",
                                    prompt,
                                    "model",
                                    MODEL,
                                    "on_attempt_lost",
                                    i % 2 == 0 ? "restart" : "error"),
                            Map.of())
                    .body());
            String response = asked.get("response_id").textValue();
            try (EventStream stream =
                    client.events(conversation, asked.get("cursor").textValue())) {
                answers.add(new Read(conversation, prompt, stream, response));
                stream.awaitUntil(
                        Duration.ofMinutes(2), it -> !it.terminals(response).isEmpty());
            }
        }
    }
}

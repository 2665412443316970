package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Readers that hop at random between two gateways, over SSE, WebSocket and pages, while their answers run, with no
 * fault at all: none stands still, none is told of a gap, each ends with the whole text exactly once.
 *
 * <p>{@code -Dtokentape.hop.seconds} says for how long (the Maven profile {@code faults}: ten minutes), {@code
 * -Dtokentape.seed} who hops where.
 */
class HoppingReadersTest {

    private static final long SECONDS = Long.getLong("tokentape.hop.seconds", 5);
    private static final int READERS_AT_A_TIME = 16;
    private static final String MODEL = "sim?tps=80&tokens=120&ttft=20";

    /** What became of one reader. */
    private record Read(String conversation, String prompt, List<JsonNode> events, int moves, String failure) {

        private boolean stoodStill() {
            return !failure.isEmpty();
        }

        private long gaps() {
            return events.stream()
                    .filter(event -> event.get("type").textValue().equals("gap"))
                    .count();
        }

        private boolean eachEventOnce() {
            return events.stream()
                    .map(event -> event.path("sequence").longValue())
                    .toList()
                    .equals(LongStream.range(0, events.size()).boxed().toList());
        }

        /** How it ended; a machine that is too busy may lose an attempt. */
        private String end() {
            return events.getLast().get("type").textValue();
        }

        private String text() {
            return events.stream()
                    .filter(event -> event.at("/delta/type").asText().equals("text"))
                    .map(event -> event.at("/delta/text").textValue())
                    .collect(Collectors.joining());
        }
    }

    @Test
    void whoeverHopsReadsTheWholeAnswerOnce() throws Exception {
        // Given
        long seed = Long.getLong("tokentape.seed", System.nanoTime());
        System.out.println("HoppingReadersTest seed: " + seed + " (-Dtokentape.seed)");
        Queue<Read> reads = new ConcurrentLinkedQueue<>();
        try (House house = House.start();
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            house.processor();
            house.producer();
            List<Client> gateways = List.of(
                    new Client(house.gateway().url()),
                    new Client(house.gateway().url()));
            gateways.getFirst().askAndWait("warm-up", "Are you there?", MODEL);

            // When
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            List<Future<?>> reading = new ArrayList<>();
            for (int i = 0; i < READERS_AT_A_TIME; i++) {
                String name = "hopper-" + i;
                SplittableRandom random = new SplittableRandom(seed + i);
                reading.add(readers.submit(() -> {
                    for (int answer = 0; answer == 0 || System.nanoTime() < end; answer++) {
                        reads.add(askAndRead(gateways, name + "-" + answer, random));
                    }
                }));
            }
            for (Future<?> reader : reading) {
                reader.get();
            }

            // Then
            System.out.printf(
                    "HoppingReadersTest: %d s, %d readers, %d moves, %d events, stood still %d, gaps %d, endings %s%n",
                    SECONDS,
                    reads.size(),
                    reads.stream().mapToInt(Read::moves).sum(),
                    reads.stream().mapToInt(read -> read.events().size()).sum(),
                    reads.stream().filter(Read::stoodStill).count(),
                    reads.stream().mapToLong(Read::gaps).sum(),
                    reads.stream()
                            .filter(read -> !read.stoodStill())
                            .collect(Collectors.groupingBy(Read::end, Collectors.counting())));
            assertThat(reads).noneMatch(Read::stoodStill).allMatch(read -> read.gaps() == 0);
            assertThat(reads).allSatisfy(read -> {
                assertThat(read.eachEventOnce()).as(read.conversation()).isTrue();
                String said = house.said(MODEL, read.prompt());
                if (read.end().equals("message_stop")) {
                    assertThat(read.text()).as(read.conversation()).isEqualTo(said);
                } else {
                    assertThat(said).as(read.conversation()).startsWith(read.text());
                }
            });
        }
    }

    private static Read askAndRead(List<Client> gateways, String conversation, SplittableRandom random) {
        String prompt = "On and on in " + conversation;
        JsonNode accepted = gateways.get(random.nextInt(gateways.size())).ask(conversation, prompt, MODEL);
        MovingReader reader = new MovingReader(
                gateways,
                conversation,
                accepted.get("response_id").textValue(),
                accepted.get("cursor").textValue(),
                random);
        try {
            List<JsonNode> events = reader.readToTheEnd();
            return new Read(conversation, prompt, events, reader.moves(), "");
        } catch (AssertionError e) {
            System.out.println("stood still: " + conversation + ": " + e.getMessage());
            return new Read(conversation, prompt, List.of(), reader.moves(), String.valueOf(e.getMessage()));
        }
    }
}

package dev.tokentape.gateway.tape.read;

import static dev.tokentape.gateway.tape.read.FakeGateway.CONVERSATION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However a processor's crashes repeat and repair the log, wherever gateways join it, and however often a reader drops
 * and comes back to another one: it reads every event exactly once, in order.
 */
class TapePropertyTest {

    private static final int RUNS =
            Integer.getInteger("tokentape.wanders", Boolean.getBoolean("tokentape.thorough") ? 1_000 : 40);

    static LongStream seeds() {
        long first = Long.getLong("tokentape.seed", System.nanoTime());
        return LongStream.range(first, first + RUNS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyReaderReadsEveryEventOnce(long seed) {
        // Given
        SplittableRandom random = new SplittableRandom(seed);
        List<TokenEvent> truth = truth(random);
        FakeLog log = written(truth, random);
        List<FakeGateway> gateways = new ArrayList<>();
        gateways.add(FakeGateway.over(log, 0, config(random)));
        for (int i = 0; i < 3; i++) {
            gateways.add(FakeGateway.over(log, random.nextLong(log.end()), config(random)));
        }
        gateways.forEach(gateway -> gateway.feed(random.nextLong(log.end())));
        gateways.getFirst().feed(1);

        // When
        List<Frame> read = wander(gateways, random);

        // Then
        Map<String, Long> expected = new HashMap<>();
        for (Frame frame : read) {
            String response = Shown.json(frame).path("response_id").asText("gap " + seed);
            assertThat(Shown.json(frame).path("sequence").asLong(-1))
                    .as("seed %d: %s after %s", seed, Shown.name(frame), Shown.names(read))
                    .isEqualTo(expected.merge(response, 0L, (last, _) -> last + 1));
        }
        assertThat(read).as("seed %d", seed).hasSameSizeAs(truth);
    }

    /** Reads to the end of the log, coming back to any gateway that reaches back so far, with the last id or cursor. */
    private static List<Frame> wander(List<FakeGateway> gateways, SplittableRandom random) {
        List<Frame> read = new ArrayList<>();
        Reader reader = gateways.getFirst().read(new ReadRequest.Start.Beginning());
        for (int turn = 0; turn < 60; turn++) {
            read.addAll(FakeGateway.drain(reader, random.nextInt(12)));
            gateways.forEach(gateway -> gateway.feed(random.nextInt(10)));
            if (random.nextInt(3) == 0) {
                String cursor = random.nextBoolean() || read.isEmpty()
                        ? reader.cursor()
                        : read.getLast().cursor();
                long place = Cursor.parse(cursor).offset();
                reader.close();
                List<FakeGateway> able = gateways.stream()
                        .filter(gateway -> gateway.store().windowStart(0, 0) <= place + 1)
                        .toList();
                reader = able.get(random.nextInt(able.size())).after(cursor);
            }
        }
        gateways.forEach(FakeGateway::feedAll);
        read.addAll(FakeGateway.drain(reader));
        return read;
    }

    /** Interleaved answers of one conversation, as the fold makes them. */
    private static List<TokenEvent> truth(SplittableRandom random) {
        List<TokenEvent> truth = new ArrayList<>();
        List<List<TokenEvent>> open = new ArrayList<>();
        int answers = 1 + random.nextInt(8);
        for (int begun = 0; begun < answers || !open.isEmpty(); ) {
            if (begun < answers && (open.isEmpty() || random.nextInt(8) == 0)) {
                open.add(new ArrayList<>(Events.answer(CONVERSATION, "r" + begun++, 4 + random.nextInt(20))));
            }
            List<TokenEvent> next = open.get(random.nextInt(open.size()));
            truth.add(next.removeFirst());
            open.removeIf(List::isEmpty);
        }
        return truth;
    }

    /**
     * The log after crashes: each loses some records, or none, and begins again somewhere before the first lost one.
     */
    private static FakeLog written(List<TokenEvent> truth, SplittableRandom random) {
        FakeLog log = new FakeLog();
        int from = 0;
        for (int crashes = random.nextInt(5); crashes > 0; crashes--) {
            int to = Math.min(truth.size(), from + random.nextInt(40));
            int firstLost = to;
            boolean losing = random.nextBoolean();
            for (int i = from; i < to; i++) {
                if (losing && random.nextInt(10) == 0) {
                    firstLost = Math.min(firstLost, i);
                } else {
                    log.write(truth.get(i), random.nextInt(3_000));
                    disturb(log, random);
                }
            }
            from = Math.max(0, firstLost - random.nextInt(30));
        }
        for (TokenEvent event : truth.subList(from, truth.size())) {
            log.write(event, random.nextInt(3_000));
            disturb(log, random);
        }
        return log;
    }

    /** Another conversation on the same partition. */
    private static void disturb(FakeLog log, SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            log.write(Events.event("other", "o", 0, 9));
        }
    }

    private static TapeConfig config(SplittableRandom random) {
        long budget = random.nextBoolean() ? 1L << 30 : 1 + random.nextInt(20_000);
        long catchUp = random.nextBoolean() ? 1L << 30 : 1 + random.nextInt(40_000);
        // A pass here runs in its reader's own call, so that waiting for that reader to make room would be in vain.
        return TapeConfig.DEFAULTS
                .withSegmentBytes(budget)
                .withCatchUpBytes(catchUp)
                .withScanRoom(Duration.ZERO);
    }
}

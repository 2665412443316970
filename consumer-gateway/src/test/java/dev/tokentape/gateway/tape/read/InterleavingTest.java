package dev.tokentape.gateway.tape.read;

import static dev.tokentape.gateway.tape.read.Events.event;
import static dev.tokentape.gateway.tape.read.FakeGateway.CONVERSATION;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.segment.ReadHook;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The log is written to, evicted, or made anew between any two reads of it: each case is run once for every read that a
 * reader does while it starts, reads and leaves, with the write just before that read. Whatever is written when, the
 * reader misses nothing, sees nothing twice, is told of no gap where there is none, and is woken for what comes.
 */
@Timeout(120)
class InterleavingTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LENGTH = 14;
    private static final int FED = 26;
    private static final long NEW_EPOCH = 78;

    /** Written once: gateways only read it. */
    private static final FakeLog LOG = new FakeLog();

    private static final List<Ending> ENDINGS = written(LOG);

    /** By how many records were read elsewhere. */
    private static final Map<Integer, Before> BEFORE = new ConcurrentHashMap<>();

    /** What a reader was shown at another gateway, and where it stood then. */
    private record Before(List<Frame> frames, String cursor) {}

    /** How a reader starts. */
    private enum Way {
        NOW(null),
        NOW_ON_ONE("r"),
        BEGINNING(null),
        BEGINNING_OF_ONE("r"),
        BEGINNING_OF_ONE_TO_COME("s"),
        SNAPSHOT(null),
        SNAPSHOT_OF_ONE("r"),
        AFTER_A_RECORD(null),
        AFTER_A_PLACE(null),
        AFTER_THE_NEWEST(null),
        AHEAD(null),
        FROM_THE_FIRST(null);

        private final @Nullable String response;

        Way(@Nullable String response) {
            this.response = response;
        }
    }

    /** What happens before a read. */
    private enum Meanwhile {
        ONE_RECORD,
        THE_REST,
        ONE_RECORD_AT_EVERY_READ_FROM_THERE,
        NEW_LOG
    }

    /** How much the gateway holds in memory. */
    private enum Room {
        AMPLE(1L << 30),
        NARROW(6_000),
        NONE(1);

        private final TapeConfig config;

        Room(long bytes) {
            config = TapeConfig.DEFAULTS.withSegmentBytes(bytes);
        }
    }

    private record Case(Way way, Meanwhile meanwhile, Room room, boolean hops) {}

    static Stream<Case> cases() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(Meanwhile.values())
                        .flatMap(meanwhile -> Stream.of(Room.values())
                                .flatMap(room ->
                                        Stream.of(true, false).map(hops -> new Case(way, meanwhile, room, hops)))));
    }

    private record Ending(String response, long sequence, long offset) {}

    /** Writes just before one read, and possibly before all that follow. */
    private static final class Writer implements ReadHook {
        private final int at;
        private final boolean again;
        private Runnable write = () -> {};
        private boolean on;
        private int reads;

        Writer(int at, boolean again) {
            this.at = at;
            this.again = again;
        }

        @Override
        public void reading() {
            if (on) {
                int read = reads++;
                if (read == at || (again && read > at)) {
                    on = false;
                    write.run();
                    on = true;
                }
            }
        }
    }

    /** One who puts together what it is shown, and is strict about it. */
    private static final class Client {
        private final Map<String, Long> last = new HashMap<>();
        private final Set<String> vague = new HashSet<>();
        private boolean joinsInTheMiddle;
        private int gaps;

        void see(Frame frame) {
            JsonNode json = parse(frame);
            switch (json.get("type").asText()) {
                case "gap" -> {
                    gaps++;
                    last.clear();
                    vague.clear();
                    replace(json);
                }
                case "snapshot" -> replace(json);
                default -> {
                    String response = json.get("response_id").asText();
                    long sequence = json.get("sequence").asLong();
                    Long before = last.put(response, sequence);
                    if (before != null) {
                        assertThat(sequence).as("after %s:%d", response, before).isEqualTo(before + 1);
                    } else if (!joinsInTheMiddle && !vague.contains(response)) {
                        assertThat(sequence).as("first of %s", response).isZero();
                    }
                }
            }
        }

        private void replace(JsonNode state) {
            state.get("responses")
                    .forEach(response -> last.put(
                            response.get("response_id").asText(),
                            response.get("last_sequence").asLong()));
            state.path("incomplete").forEach(response -> vague.add(response.asText()));
        }

        private static JsonNode parse(Frame frame) {
            try {
                return JSON.readTree(frame.json());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A reader with what it was shown; it notes whether it was woken since it last looked. */
    private static final class Reading {
        private final Client client;
        private final Reader reader;
        private boolean woken = true;

        Reading(FakeGateway gateway, Client client, ReadRequest request) {
            this.client = client;
            this.reader = gateway.tape().read(request, () -> woken = true);
        }

        /** Reads as connections do: only after a wake-up. */
        void drain() {
            while (woken) {
                woken = false;
                Frame frame;
                while ((frame = reader.next()) != null) {
                    client.see(frame);
                    woken = false;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void readerMissesNothingWhereverTheLogIsWrittenTo(Case tried) {
        int writes = 0;
        boolean written;
        do {
            written = run(tried, writes);
            writes++;
        } while (written);
        assertThat(writes).as("places to write at").isGreaterThan(4);
    }

    /** Whether there was a read of that number, so that something was written. */
    private static boolean run(Case tried, int at) {
        // Given a log of which the gateway has read a part
        Writer writer = new Writer(at, tried.meanwhile() == Meanwhile.ONE_RECORD_AT_EVERY_READ_FROM_THERE);
        FakeGateway[] self = new FakeGateway[1];
        FakeGateway gateway = new FakeGateway(
                LOG,
                FakeGateway.EPOCH,
                0,
                tried.room().config,
                _ -> CompletableFuture.completedFuture(ended(ENDINGS, self[0].fed())),
                Runnable::run,
                writer);
        self[0] = gateway;
        gateway.feed(FED);
        writer.write = switch (tried.meanwhile()) {
            case ONE_RECORD, ONE_RECORD_AT_EVERY_READ_FROM_THERE -> () -> gateway.feed(1);
            case THE_REST -> gateway::feedAll;
            case NEW_LOG ->
                () -> {
                    gateway.begin(NEW_EPOCH, 0);
                    gateway.feed(FED / 2);
                };
        };
        Client client = new Client();
        ReadRequest request = request(tried.way(), client);

        // When a reader reads while it is written to
        writer.on = true;
        Reading reading = new Reading(gateway, client, request);
        long passedAtStart = gateway.fed();
        reading.drain();
        boolean ended = reading.reader.ended();
        String cursor = "";
        if (tried.hops()) {
            cursor = reading.reader.cursor();
            reading.reader.close();
            assertThat(reading.reader.cursor()).as("place of a closed reader").isEqualTo(cursor);
        }
        writer.on = false;
        boolean written = writer.reads > at;
        gateway.feedAll();
        if (tried.hops()) {
            reading = new Reading(
                    gateway,
                    client,
                    new ReadRequest(CONVERSATION, tried.way().response, new ReadRequest.Start.After(cursor)));
        }
        reading.drain();

        // Then
        String what = "%s, written at read %d".formatted(tried, at);
        boolean anew = tried.meanwhile() == Meanwhile.NEW_LOG;
        if (!anew) {
            assertThat(client.gaps).as("gaps: " + what).isZero();
        }
        for (String response : tried.way().response == null ? List.of("r", "s") : List.of(tried.way().response)) {
            boolean endedBefore = ended && !client.last.containsKey(response) && tried.way() == Way.NOW_ON_ONE;
            boolean nothingKnown = client.joinsInTheMiddle
                    && !client.last.containsKey(response)
                    && (anew || passedAtStart >= LOG.end());
            if (!endedBefore && !nothingKnown && !client.vague.contains(response)) {
                assertThat(client.last.get(response))
                        .as("last of %s: %s", response, what)
                        .isEqualTo(LENGTH - 1L);
            }
        }
        return written;
    }

    /** An answer that has ended, then two that run at once, among what others write; returns where each ends. */
    private static List<Ending> written(FakeLog log) {
        List<TokenEvent> truth = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            truth.add(event(CONVERSATION, "a", i, 6));
        }
        for (int i = 0; i < LENGTH; i++) {
            truth.add(event(CONVERSATION, "r", i, LENGTH));
            if (i > 9) {
                truth.add(event(CONVERSATION, "s", i - 10, LENGTH));
            }
        }
        for (int i = 4; i < LENGTH; i++) {
            truth.add(event(CONVERSATION, "s", i, LENGTH));
        }
        List<Ending> endings = new ArrayList<>();
        for (TokenEvent event : truth) {
            long offset = log.write(event);
            if (event.isTerminal()) {
                endings.add(new Ending(
                        event.envelope().responseId(), event.envelope().sequence(), offset));
            }
            if (event.envelope().sequence() % 3 == 0) {
                log.write(event("other", "o", (int) log.end(), 999));
            }
        }
        return endings;
    }

    /** What the processor knows, which stores an answer before it publishes its end. */
    private static List<byte[]> ended(List<Ending> endings, long fed) {
        return endings.stream()
                .filter(ending -> ending.offset() <= fed)
                .map(ending -> "{\"response_id\":\"%s\",\"status\":\"completed\",\"last_sequence\":%d}"
                        .formatted(ending.response(), ending.sequence())
                        .getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static ReadRequest request(Way way, Client client) {
        ReadRequest.Start start = switch (way) {
            case NOW, NOW_ON_ONE -> {
                client.joinsInTheMiddle = true;
                yield new ReadRequest.Start.Now();
            }
            case BEGINNING, BEGINNING_OF_ONE, BEGINNING_OF_ONE_TO_COME -> new ReadRequest.Start.Beginning();
            case SNAPSHOT, SNAPSHOT_OF_ONE -> new ReadRequest.Start.Snapshot();
            case AFTER_A_RECORD -> after(client, FED - 8, false);
            case AFTER_A_PLACE -> after(client, FED - 8, true);
            case AFTER_THE_NEWEST -> after(client, FED, false);
            case AHEAD -> after(client, FED + 4, false);
            case FROM_THE_FIRST -> after(client, 1, false);
        };
        return new ReadRequest(CONVERSATION, way.response, start);
    }

    private static Before readElsewhere(int records) {
        Reader reader = FakeGateway.over(LOG, 0).feed(records).read(new ReadRequest.Start.Beginning());
        List<Frame> frames = FakeGateway.drain(reader);
        return new Before(frames, reader.cursor());
    }

    /** The cursor of one who has read so many records elsewhere. */
    private static ReadRequest.Start after(Client client, int records, boolean place) {
        Before read = BEFORE.computeIfAbsent(records, InterleavingTest::readElsewhere);
        read.frames().forEach(client::see);
        Cursor cursor = Cursor.parse(read.cursor());
        return new ReadRequest.Start.After(
                place
                        ? new Cursor(
                                        Cursor.Kind.PLACE,
                                        cursor.epoch(),
                                        cursor.partition(),
                                        cursor.conversation(),
                                        cursor.offset(),
                                        cursor.expectations())
                                .text()
                        : cursor.text());
    }
}

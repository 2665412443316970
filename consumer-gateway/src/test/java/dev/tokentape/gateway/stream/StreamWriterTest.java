package dev.tokentape.gateway.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.Answering;
import dev.tokentape.gateway.FakeTape;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the write loop of a connection does in every state, with everything that can happen to it. */
class StreamWriterTest {

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final StreamHeartbeat HEARTBEAT = StreamHeartbeat.of(null, KEEP_ALIVE);

    /** Frames as the words in them. */
    private static final class WordsEncoder implements FrameEncoder {
        @Override
        public void begin(ByteBuf batch) {}

        @Override
        public void event(Frame frame, ByteBuf batch) {
            batch.writeCharSequence(new String(frame.json(), UTF_8) + " ", UTF_8);
        }

        @Override
        public void keepAlive(@Nullable String cursor, ByteBuf batch) {
            batch.writeCharSequence("ping ", UTF_8);
        }

        @Override
        public void end(ByteBuf batch) {}

        @Override
        public int overhead() {
            return 1;
        }
    }

    private final FakeTape tape = new FakeTape();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final List<Subscription> ended = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StreamWriter writer = new StreamWriter(
            channel.pipeline().firstContext(), new WordsEncoder(), StreamMeters.of(registry, "test"), ended::add);
    private final List<Subscription> opened = new ArrayList<>();
    private int signals;

    @AfterEach
    void close() {
        writer.close();
        channel.finishAndReleaseAll();
    }

    private void subscribe(String conversationId) {
        opened.add(writer.subscribe(
                tape, new ReadRequest(conversationId, null, new ReadRequest.Start.Now()), FrameFilter.ALL));
        channel.runPendingTasks();
    }

    private void say(String conversationId, String words) {
        tape.appendRaw(conversationId, words.getBytes(UTF_8));
        channel.runPendingTasks();
    }

    private void takesMore(boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    }

    private List<String> batches() {
        List<String> batches = new ArrayList<>();
        for (ByteBuf batch = channel.readOutbound(); batch != null; batch = channel.readOutbound()) {
            batches.add(batch.toString(UTF_8).strip());
            batch.release();
        }
        return batches;
    }

    private String happened() {
        String written = String.join(" ", batches());
        boolean signalled = signals > 0;
        signals = 0;
        return written.isEmpty() ? signalled ? "signal" : "-" : written;
    }

    private static final Map<String, Consumer<StreamWriterTest>> STATES = new LinkedHashMap<>();
    private static final Map<String, Consumer<StreamWriterTest>> EVENTS = new LinkedHashMap<>();

    /**
     * What is written at each event, and then at a further event of the tape; a signal goes to whoever holds the
     * writer.
     */
    private static final String TABLE = """
            event        | Idle    | Reading      | Behind      | Held            | Closed
            event        | -, -    | new, later   | -, -        | signal, signal  | -, -
            tick         | ping, - | ping, later  | -, -        | -, signal       | -, -
            becomes full | -, -    | -, -         | -, -        | -, signal       | -, -
            takes more   | -, -    | -, later     | old, later  | signal, signal  | -, -
            hold         | -, -    | -, signal    | -, signal   | -, signal       | -, -
            release      | -, -    | -, later     | -, -        | old, later      | -, -
            unsubscribe  | -, -    | -, -         | -, -        | -, -            | -, -
            close        | -, -    | -, -         | -, -        | -, -            | -, -
            """;

    static {
        STATES.put("Idle", _ -> {});
        STATES.put("Reading", it -> it.subscribe("talk"));
        STATES.put("Behind", it -> {
            it.subscribe("talk");
            it.takesMore(false);
            it.say("talk", "old");
        });
        STATES.put("Held", it -> {
            it.writer.hold(() -> it.signals++);
            it.subscribe("talk");
            it.say("talk", "old");
        });
        STATES.put("Closed", it -> {
            it.subscribe("talk");
            it.writer.close();
        });

        EVENTS.put("event", it -> it.say("talk", "new"));
        EVENTS.put("tick", it -> it.writer.tick(HEARTBEAT));
        EVENTS.put("becomes full", it -> it.takesMore(false));
        EVENTS.put("takes more", it -> {
            it.takesMore(true);
            it.writer.writable();
        });
        EVENTS.put("hold", it -> it.writer.hold(() -> it.signals++));
        EVENTS.put("release", it -> it.writer.release());
        EVENTS.put("unsubscribe", it -> it.opened.forEach(it.writer::unsubscribe));
        EVENTS.put("close", it -> it.writer.close());
    }

    static Stream<Arguments> table() {
        List<String> lines = TABLE.lines().toList();
        List<String> states = cells(lines.getFirst());
        assertThat(states.subList(1, states.size())).containsExactlyElementsOf(STATES.keySet());
        assertThat(lines.stream().skip(1).map(line -> cells(line).getFirst()))
                .containsExactlyElementsOf(EVENTS.keySet());
        return lines.stream()
                .skip(1)
                .map(StreamWriterTest::cells)
                .flatMap(row -> IntStream.range(1, row.size())
                        .mapToObj(i -> Arguments.of(states.get(i), row.getFirst(), row.get(i))));
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|")).map(String::strip).toList();
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @MethodSource("table")
    void whatIsWrittenInEveryStateAtEveryEventIsWhatTheTableSays(String state, String event, String written) {
        // Given
        Objects.requireNonNull(STATES.get(state)).accept(this);
        assertThat(happened()).isEqualTo(state.equals("Held") ? "signal" : "-");

        // When
        Objects.requireNonNull(EVENTS.get(event)).accept(this);
        channel.runPendingTasks();
        String first = happened();
        say("talk", "later");

        // Then
        assertThat(first + ", " + happened()).isEqualTo(written);
        // And readers are forgotten with their writer or their subscription, and not before
        boolean reads = !List.of("Idle", "Closed").contains(state)
                && !List.of("unsubscribe", "close").contains(event);
        assertThat(tape.readers("talk")).isEqualTo(reads ? 1 : 0);
    }

    @Test
    void aTickSaysSomethingOnlyAfterSilence() {
        // Given a reader that was sent an event since the last tick
        subscribe("talk");
        say("talk", "word");

        // When it ticks twice
        boolean first = writer.tick(HEARTBEAT);
        boolean second = writer.tick(HEARTBEAT);

        // Then
        assertThat(List.of(first, second)).containsExactly(false, true);
        assertThat(batches()).containsExactly("word", "ping");
    }

    @Test
    void severalReadersTakeTurnsFrameByFrameInOneBatch() {
        // Given two readers that are behind
        subscribe("one");
        subscribe("two");
        takesMore(false);
        List.of("1a", "1b", "1c").forEach(word -> say("one", word));
        List.of("2a", "2b").forEach(word -> say("two", word));

        // When the socket takes more
        takesMore(true);
        writer.writable();
        channel.runPendingTasks();

        // Then
        assertThat(batches()).containsExactly("1a 2a 1b 2b 1c");
    }

    @Test
    void aTurnEndsWithTheFrameThatFillsItsBatch() {
        // Given far more than a turn takes
        subscribe("talk");
        takesMore(false);
        String frame = "x".repeat(StreamWriter.TURN_BYTES / 2);
        for (int i = 0; i < 5; i++) {
            say("talk", frame);
        }

        // When
        takesMore(true);
        writer.writable();
        channel.runPendingTasks();

        // Then
        assertThat(batches()).extracting(batch -> batch.split(" ").length).containsExactly(2, 2, 1);
    }

    @Test
    void aSocketThatTakesNothingForEightIntervalsIsClosed() {
        // Given
        subscribe("talk");
        takesMore(false);
        for (int i = 1; i < StreamWriter.STALLED_KEEP_ALIVES; i++) {
            writer.tick(HEARTBEAT);
        }
        assertThat(channel.isOpen()).isTrue();

        // When
        writer.tick(HEARTBEAT);

        // Then
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aSocketThatTakesSomethingNowAndThenIsKept() {
        // Given it takes something before the eighth interval
        subscribe("talk");
        takesMore(false);
        for (int i = 1; i < StreamWriter.STALLED_KEEP_ALIVES; i++) {
            writer.tick(HEARTBEAT);
        }
        takesMore(true);
        writer.writable();
        takesMore(false);

        // When
        writer.tick(HEARTBEAT);

        // Then
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void theEndOfAnAnswerIsToldOnceAfterItsLastBatch() {
        // Given an answer that has ended
        Answering answer = new Answering(tape, "talk", "0198c7a2-1d5e-7cc3-9d53-000000000001").whole("Hello?", "Hi");

        // When
        Subscription subscription = writer.subscribe(
                tape, new ReadRequest("talk", answer.responseId(), new ReadRequest.Start.Beginning()), FrameFilter.ALL);
        channel.runPendingTasks();
        say("talk", "later");

        // Then
        assertThat(ended).containsExactly(subscription);
        assertThat(batches())
                .singleElement()
                .satisfies(batch -> assertThat(batch).contains("message_stop").doesNotContain("later"));
        assertThat(writer.subscriptions()).isZero();
    }

    @Test
    void aReaderThatFailsClosesItsConnectionAndKeepsNothing() {
        // Given
        writer.subscribe(tape, new ReadRequest("talk", null, new ReadRequest.Start.Now()), frame -> {
            throw new IllegalStateException("of the test");
        });

        // When
        say("talk", "word");

        // Then
        assertThat(channel.isOpen()).isFalse();
        assertThat(batches()).isEmpty();
    }
}

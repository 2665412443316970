package dev.tokentape.gateway.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.FakeTape;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.gateway.RecordingCommands;
import dev.tokentape.gateway.ScriptedHistory;
import dev.tokentape.gateway.auth.Guard;
import dev.tokentape.gateway.command.AskRate;
import dev.tokentape.gateway.command.AskReader;
import dev.tokentape.gateway.command.AskSending;
import dev.tokentape.gateway.command.Cancelling;
import dev.tokentape.gateway.command.Continuing;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.command.Parsing;
import dev.tokentape.gateway.history.CurrentResponses;
import dev.tokentape.gateway.http.ByteBudget;
import dev.tokentape.gateway.http.Closing;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import dev.tokentape.gateway.stream.StreamMeters;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a socket does in every state, with every frame and everything else that can come. */
class SocketSessionTest {

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final int MOST_BYTES = 1_000;
    private static final String PING = "{\"type\":\"ping\"}";
    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"conversation_id\":\"talk\"}";

    private final FakeTape tape = new FakeTape();
    private final ByteBudget bodies = new ByteBudget(1_000_000);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    SocketSessionTest() {
        Intake intake = new Intake(tape, new RecordingCommands(), Clock.systemUTC());
        CurrentResponses responses = new CurrentResponses(tape, new ScriptedHistory(), intake);
        Cancelling.Standing standing = (_, _) -> CompletableFuture.completedStage(Cancelling.Stand.UNKNOWN);
        Guard guard = new Guard(GatewayConfig.from(Settings.of(Map.of())).auth(), Runnable::run, Clock.systemUTC());
        SocketServices services = new SocketServices(
                tape,
                guard,
                intake,
                new AskRate(100, System::nanoTime),
                new AskSending(intake, standing),
                new Continuing(intake, responses::document),
                new Cancelling(intake, standing),
                responses,
                new AskReader("openai", Map.of("openai", "gpt-4o-mini")),
                new Parsing(Runnable::run),
                bodies,
                StreamMeters.of(new SimpleMeterRegistry(), "websocket"),
                KEEP_ALIVE,
                Duration.ofSeconds(3),
                16,
                MOST_BYTES);
        channel.freezeTime();
        new SocketSession(services, StreamHeartbeat.of(null, KEEP_ALIVE), guard.anybody(), "address local")
                .install(channel.pipeline());
        send(0x81, SUBSCRIBE);
        told();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    /** A masked frame; the mask is 0, so that the payload reads plain. */
    private void send(int first, String payload) {
        byte[] bytes = payload.getBytes(ISO_8859_1);
        ByteBuf frame = Unpooled.buffer().writeByte(first);
        if (bytes.length < 126) {
            frame.writeByte(0x80 | bytes.length);
        } else {
            frame.writeByte(0x80 | 126).writeShort(bytes.length);
        }
        sendRaw(frame.writeInt(0).writeBytes(bytes));
    }

    private void sendRaw(ByteBuf bytes) {
        if (channel.isOpen()) {
            channel.writeInbound(bytes);
            channel.runPendingTasks();
        } else {
            bytes.release();
        }
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    /** What was written: messages by their type, other frames by their name, a close with its code; - for nothing. */
    private String told() {
        StringJoiner told = new StringJoiner(" ");
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            while (bytes.isReadable()) {
                int first = bytes.readUnsignedByte();
                int length = bytes.readUnsignedByte();
                ByteBuf payload = bytes.readSlice(length == 126 ? bytes.readUnsignedShort() : length);
                told.add(
                        switch (first) {
                            case 0x81 -> type(payload.toString(UTF_8));
                            case 0x88 -> payload.isReadable() ? "close:" + payload.readUnsignedShort() : "close";
                            case 0x89 -> "PING";
                            case 0x8A -> "PONG";
                            default -> "frame:" + first;
                        });
            }
            bytes.release();
        }
        return told.length() == 0 ? "-" : told.toString();
    }

    private static String type(String json) {
        return json.replaceFirst(".*?\"type\":\"(\\w+)\".*", "$1");
    }

    private static final Map<String, Consumer<SocketSessionTest>> STATES = new LinkedHashMap<>();
    private static final Map<String, Consumer<SocketSessionTest>> EVENTS = new LinkedHashMap<>();

    /** What is said at each event, and an exclamation mark where the connection is closed then. */
    private static final String TABLE = """
            event         | Open         | Joining      | Closing | Gone
            message       | pong         | close:1002   | -       | - !
            beginning     | -            | close:1002   | -       | - !
            middle        | close:1002   | -            | -       | - !
            rest          | close:1002   | pong         | -       | - !
            not UTF-8     | close:1007   | close:1002   | -       | - !
            too long      | close:1009   | close:1002   | -       | - !
            rest too long | close:1002   | close:1009   | -       | - !
            binary        | close:1003   | close:1002   | -       | - !
            ping          | PONG         | PONG         | PONG    | - !
            pong          | -            | -            | -       | - !
            close         | close:1000 ! | close:1000 ! | - !     | - !
            bad close     | close:1002   | close:1002   | - !     | - !
            reserved      | close:1002   | close:1002   | -       | - !
            not masked    | close:1002   | close:1002   | -       | - !
            event         | user         | user         | -       | - !
            interval      | PING         | PING         | - !     | - !
            server closes | close:4000   | close:4000   | -       | - !
            break         | - !          | - !          | - !     | - !
            leave         | - !          | - !          | - !     | - !
            """;

    static {
        STATES.put("Open", _ -> {});
        STATES.put("Joining", it -> it.send(0x01, "{\"type\":"));
        STATES.put("Closing", it -> it.send(0x82, "bytes"));
        STATES.put("Gone", it -> it.channel.close());

        EVENTS.put("message", it -> it.send(0x81, PING));
        EVENTS.put("beginning", it -> it.send(0x01, "{\"type\":"));
        EVENTS.put("middle", it -> it.send(0x00, " "));
        EVENTS.put("rest", it -> it.send(0x80, "\"ping\"}"));
        EVENTS.put("not UTF-8", it -> it.send(0x81, "\u00c0\u0080"));
        EVENTS.put("too long", it -> it.send(0x81, "x".repeat(MOST_BYTES + 1)));
        EVENTS.put("rest too long", it -> it.send(0x80, "x".repeat(MOST_BYTES - 1)));
        EVENTS.put("binary", it -> it.send(0x82, "bytes"));
        EVENTS.put("ping", it -> it.send(0x89, "there?"));
        EVENTS.put("pong", it -> it.send(0x8A, ""));
        EVENTS.put("close", it -> it.send(0x88, "\u0003\u00e8"));
        EVENTS.put("bad close", it -> it.send(0x88, "\u0013\u0088"));
        EVENTS.put("reserved", it -> it.send(0x83, "bytes"));
        EVENTS.put("not masked", it -> it.sendRaw(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, 1, 'x'})));
        EVENTS.put("event", it -> {
            it.tape.appendRaw("talk", "{\"type\":\"user\"}".getBytes(UTF_8));
            it.channel.runPendingTasks();
        });
        EVENTS.put("interval", it -> it.pass(KEEP_ALIVE));
        EVENTS.put("server closes", it -> it.channel.pipeline().fireUserEventTriggered(Closing.NOW));
        EVENTS.put("break", it -> {
            if (it.channel.isOpen()) {
                it.channel.pipeline().fireExceptionCaught(new IOException("reset by peer"));
            }
        });
        EVENTS.put("leave", it -> it.channel.close());
    }

    static Stream<Arguments> table() {
        List<String> lines = TABLE.lines().toList();
        List<String> states = cells(lines.getFirst());
        assertThat(states.subList(1, states.size())).containsExactlyElementsOf(STATES.keySet());
        assertThat(lines.stream().skip(1).map(line -> cells(line).getFirst()))
                .containsExactlyElementsOf(EVENTS.keySet());
        return lines.stream()
                .skip(1)
                .map(SocketSessionTest::cells)
                .flatMap(row -> IntStream.range(1, row.size())
                        .mapToObj(i -> Arguments.of(states.get(i), row.getFirst(), row.get(i))));
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|")).map(String::strip).toList();
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @MethodSource("table")
    void whatASocketSaysInEveryStateAtEveryEventIsWhatTheTableSays(String state, String event, String expected) {
        // Given
        Objects.requireNonNull(STATES.get(state)).accept(this);
        told();

        // When
        Objects.requireNonNull(EVENTS.get(event)).accept(this);

        // Then
        String said = told();
        assertThat(said + (channel.isOpen() ? "" : " !")).isEqualTo(expected);
        // And a socket that is closing reads nothing any more, nor holds anything of a message
        boolean goesOn = List.of("Open", "Joining").contains(state) && !expected.matches(".*(close|!).*");
        assertThat(tape.readers("talk")).isEqualTo(goesOn ? 1 : 0);
        boolean joins = goesOn && (state.equals("Joining") != (event.equals("beginning") || event.equals("rest")));
        assertThat(bodies.taken() > 0).as("memory").isEqualTo(joins);
    }

    @Test
    void aClientThatNeverAnswersAPingIsSentAway() {
        // Given three pings without an answer
        for (int i = 0; i < 3; i++) {
            pass(KEEP_ALIVE);
        }
        assertThat(told()).isEqualTo("PING PING PING");

        // When
        pass(KEEP_ALIVE);

        // Then
        assertThat(told()).isEqualTo("PING close:4001");
    }

    @Test
    void anyFrameAnswersAllPings() {
        // Given
        for (int i = 0; i < 3; i++) {
            pass(KEEP_ALIVE);
        }

        // When
        send(0x8A, "");
        pass(KEEP_ALIVE);

        // Then
        assertThat(told()).isEqualTo("PING PING PING PING");
    }

    @Test
    void whoDoesNotSayCloseIsClosedAllTheSame() {
        // Given
        send(0x82, "bytes");
        assertThat(channel.isOpen()).isTrue();

        // When
        pass(Duration.ofSeconds(2));

        // Then
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whileTheClientTakesNothingNothingIsReadFromIt() {
        // When
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        boolean readsWhileFull = channel.config().isAutoRead();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();

        // Then
        assertThat(readsWhileFull).isFalse();
        assertThat(channel.config().isAutoRead()).isTrue();
    }
}

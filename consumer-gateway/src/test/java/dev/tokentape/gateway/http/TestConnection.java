package dev.tokentape.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tokentape.gateway.Answering;
import dev.tokentape.gateway.FakeTape;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.gateway.auth.Guard;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import dev.tokentape.gateway.stream.FrameFilter;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import dev.tokentape.gateway.stream.StreamMeters;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection on a channel in memory, whose time stands still, before a handler that answers when the test says so.
 */
final class TestConnection implements AutoCloseable {

    static final Duration HEADER_TIME = Duration.ofSeconds(10);
    static final Duration IDLE_TIME = Duration.ofSeconds(60);

    final FakeTape tape = new FakeTape();
    final Answering answer = new Answering(tape, "talk", "0198c7a2-1d5e-7cc3-9d53-000000000001");
    final ByteBudget bodies = new ByteBudget(1_000_000);
    final ServerConfig config = GatewayConfig.from(Settings.of(Map.of(
                    "gateway.header-timeout", HEADER_TIME.toSeconds() + "s",
                    "gateway.idle-timeout", IDLE_TIME.toSeconds() + "s")))
            .server();
    final HttpConnection connection;
    final EmbeddedChannel channel;
    private @Nullable Request asked;
    private CompletableFuture<HttpAnswer> answering = new CompletableFuture<>();

    TestConnection(@Nullable Problem overLimit) {
        GatewayConfig all = GatewayConfig.from(Settings.of(Map.of()));
        Router router = new Router(List.of(Route.get("/answer", this::handle), Route.post("/answer", this::handle)));
        Door door = new Door(
                config,
                router,
                new Guard(all.auth(), Runnable::run, Clock.systemUTC()),
                bodies,
                Map.of(),
                new SimpleMeterRegistry());
        connection = new HttpConnection(door, overLimit);
        channel = new EmbeddedChannel(new HeadTimer(connection), new HttpServerCodec(), connection);
        channel.freezeTime();
    }

    private CompletionStage<HttpAnswer> handle(Request request) {
        asked = request;
        answering = new CompletableFuture<>();
        return answering;
    }

    String state() {
        return connection.state().getClass().getSimpleName();
    }

    void send(String bytes) {
        if (channel.isOpen()) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, ISO_8859_1));
        }
    }

    void answerWith(HttpAnswer given) {
        answering.complete(given);
        channel.runPendingTasks();
    }

    void fail(Throwable failure) {
        answering.completeExceptionally(failure);
        channel.runPendingTasks();
    }

    HttpAnswer events() {
        return new HttpAnswer.Events(
                new SseStream(
                        Objects.requireNonNull(asked, "nothing was asked").codec(),
                        true,
                        StreamMeters.of(new SimpleMeterRegistry(), "sse"),
                        StreamHeartbeat.of(null, Duration.ofSeconds(15)),
                        tape,
                        new ReadRequest("talk", answer.responseId(), new ReadRequest.Start.Beginning()),
                        FrameFilter.ALL,
                        () -> {}),
                Map.of());
    }

    static HttpAnswer upgrade() {
        return new HttpAnswer.Upgrade(
                Map.of(), codec -> codec.pipeline().addLast("other protocol", new ChannelInboundHandlerAdapter()));
    }

    void after(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    boolean wasAsked() {
        return asked != null;
    }

    String written() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(ISO_8859_1));
            bytes.release();
        }
        return text.toString();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}

package dev.tokentape.gateway.http;

import dev.tokentape.gateway.auth.Guard;
import dev.tokentape.gateway.problem.Problem;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The listening socket and its event loops. Epoll where there is one, else Java's own selector. */
public final class HttpServer implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration CERTIFICATE_LOOK = Duration.ofSeconds(5);
    /** Thousands come back in one moment when another gateway has gone; the kernel may allow fewer. */
    private static final int BACKLOG = 4096;

    private static final int SEND_BUFFER_BYTES = 128 * 1024;
    private static final int NOT_SENT_BYTES = 16 * 1024;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);
    private static final int KEEP_ALIVES_UNTIL_DEAD = 8;
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    static {
        // By default one buffer in 128 remembers where it was made, which costs as much as encoding an event.
        if (System.getProperty(LEAK_DETECTION) == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listener;
    private final Addresses addresses = new Addresses();
    private final Duration drainTime;
    private final @Nullable Tls tls;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpServer(Door door) {
        ServerConfig config = door.config();
        drainTime = config.drainTime();
        tls = config.tls() == null ? null : new Tls(config.tls(), CERTIFICATE_LOOK);
        boolean epoll = Epoll.isAvailable();
        loops = new MultiThreadIoEventLoopGroup(
                config.threads(),
                new DefaultThreadFactory("tokentape-gateway", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, door);
                    }
                });
        if (epoll) {
            bootstrap
                    .childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) NOT_SENT_BYTES)
                    .childOption(
                            EpollChannelOption.TCP_USER_TIMEOUT,
                            Math.toIntExact(config.keepAlive()
                                    .multipliedBy(KEEP_ALIVES_UNTIL_DEAD)
                                    .toMillis()));
        }
        try {
            listener = bootstrap
                    .bind(config.host(), config.port())
                    .syncUninterruptibly()
                    .channel();
        } catch (Exception e) {
            // Netty throws the checked BindException unannounced.
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            if (tls != null) {
                tls.close();
            }
            throw new BindFailedException(
                    "cannot listen on %s:%d: %s; stop what listens there, or set gateway.port"
                            .formatted(config.host(), config.port(), e.getMessage()),
                    e);
        }
        Gauge.builder("tokentape.gateway.connections", connections, ChannelGroup::size)
                .description("Open connections")
                .register(door.registry());
        Gauge.builder("tokentape.gateway.request.memory", door.bodies(), ByteBudget::taken)
                .description("Bytes that request bodies take now, read or being read")
                .baseUnit("bytes")
                .register(door.registry());
    }

    /**
     * Listens.
     *
     * @param bodies counts what requests take
     * @param headers on every answer
     * @throws BindFailedException if the address is taken or not this machine's
     * @throws TlsException if the certificate or its key cannot be used
     */
    public static HttpServer start(
            ServerConfig config,
            Router router,
            Guard guard,
            ByteBudget bodies,
            Map<String, String> headers,
            MeterRegistry registry) {
        return new HttpServer(new Door(config, router, guard, bodies, headers, registry));
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    public boolean isListening() {
        return listener.isActive();
    }

    /** Stops accepting, sends streams away one after another, lets answers be finished within a grace time, closes. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        listener.close().awaitUninterruptibly();
        if (tls != null) {
            tls.close();
        }
        sendAway();
        connections.newCloseFuture().awaitUninterruptibly(drainTime.plus(GRACE).toMillis());
        connections.close().awaitUninterruptibly(GRACE.toMillis());
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(GRACE.toMillis());
    }

    private void sendAway() {
        List<Channel> open = new ArrayList<>(connections);
        Collections.shuffle(open);
        DrainPace pace = new DrainPace(open.size(), drainTime);
        for (int place = 0; place < open.size(); place++) {
            Channel connection = open.get(place);
            var _ = connection
                    .eventLoop()
                    .schedule(
                            () -> connection.pipeline().fireUserEventTriggered(Closing.NOW),
                            pace.delayNanos(place),
                            TimeUnit.NANOSECONDS);
        }
    }

    private void accept(Channel channel, Door door) {
        ServerConfig config = door.config();
        String address = Addresses.of(channel.remoteAddress());
        int ofAddress = addresses.opened(address);
        channel.closeFuture().addListener(_ -> addresses.closed(address));
        if (connections.size() >= beyond(config.maxConnections())
                || ofAddress > beyond(config.maxConnectionsPerAddress())) {
            channel.close();
            return;
        }
        Problem overLimit = overLimit(config, ofAddress);
        connections.add(channel);
        HttpDecoderConfig decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(RequestProblems.MAX_LINE_BYTES)
                .setMaxHeaderSize(RequestProblems.MAX_HEADER_BYTES);
        HttpConnection connection = new HttpConnection(door, overLimit);
        if (tls != null) {
            channel.pipeline().addLast(new TlsDoor(tls, config.headerTimeout()));
        }
        channel.pipeline().addLast(new HeadTimer(connection), new HttpServerCodec(decoding), connection);
    }

    /** Some more than are served get a refusal; those beyond that, nothing. */
    private static int beyond(int most) {
        return most + most / 8 + 1;
    }

    private @Nullable Problem overLimit(ServerConfig config, int ofAddress) {
        if (connections.size() >= config.maxConnections()) {
            return Problem.overloaded(
                    "%d connections are open, as many as gateway.max-connections allows; come back later"
                            .formatted(config.maxConnections()));
        }
        if (ofAddress > config.maxConnectionsPerAddress()) {
            return new Problem(
                            "too-many-connections",
                            "The client has as many connections as it may",
                            429,
                            ("your address has %d connections, as many as "
                                            + "gateway.max-connections-per-address allows; close some, or read several "
                                            + "conversations on one WebSocket")
                                    .formatted(config.maxConnectionsPerAddress()))
                    .withHeader("Retry-After", "2");
        }
        return null;
    }
}

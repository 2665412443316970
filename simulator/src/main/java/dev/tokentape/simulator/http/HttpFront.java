package dev.tokentape.simulator.http;

import dev.tokentape.simulator.answer.Recording;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.settings.SimulatorConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening socket and the event loops behind it: epoll where there is one, else Java's own selector. */
public final class HttpFront implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
    private static final int LARGEST_REQUEST_BYTES = 32 << 20;
    private static final int LARGEST_HEADER_BYTES = 64 << 10;
    private static final int BACKLOG = 4096;
    /** What the kernel may hold for a reader that does not read; beyond it, the answer is not generated further. */
    private static final int SEND_BUFFER_BYTES = 64 << 10;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(16 << 10, 32 << 10);
    private static final int CLOSE_SECONDS = 10;

    private final FrontState state;
    private final EventLoopGroup loops;
    private final Channel listener;
    private final ChannelGroup connections;

    private HttpFront(FrontState state, EventLoopGroup loops, Channel listener, ChannelGroup connections) {
        this.state = state;
        this.loops = loops;
        this.listener = listener;
        this.connections = connections;
    }

    /** Binds and listens. */
    public static HttpFront open(SimulatorConfig config, @Nullable Recording recording, InstantSource clock)
            throws IOException {
        var state = new FrontState(config, recording, clock);
        // Java's selector sleeps whole milliseconds, and a loop that has to wake between them spins until then.
        boolean epoll = Epoll.isAvailable();
        var loops = new MultiThreadIoEventLoopGroup(
                config.threads(),
                new DefaultThreadFactory("simulator", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        var connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        var bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec(
                                        new HttpDecoderConfig().setMaxHeaderSize(LARGEST_HEADER_BYTES)))
                                .addLast(new HttpObjectAggregator(LARGEST_REQUEST_BYTES))
                                .addLast(new ConnectionHandler(state));
                    }
                });
        ChannelFuture bound = bootstrap
                .bind(new InetSocketAddress(config.host(), config.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
            throw new IOException(
                    "the simulator cannot listen on " + config.host() + ":" + config.port() + "; is the port taken?",
                    bound.cause());
        }
        var front = new HttpFront(state, loops, bound.channel(), connections);
        LOG.atInfo()
                .addKeyValue("host", config.host())
                .addKeyValue("port", front.port())
                .log("the simulator listens");
        return front;
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    public List<SimulatedCall> calls() {
        return state.log.snapshot();
    }

    @Override
    public void close() {
        state.closing = true;
        listener.close().awaitUninterruptibly();
        // While the loops still run: only then does each connection tell its call that it is over.
        connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        if (!loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS + 1, TimeUnit.SECONDS)) {
            LOG.atWarn()
                    .addKeyValue("seconds", CLOSE_SECONDS + 1)
                    .log("the simulator's event loops did not end in time");
        }
    }
}

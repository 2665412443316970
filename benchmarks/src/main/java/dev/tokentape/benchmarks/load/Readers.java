package dev.tokentape.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * All readers of one generator, on one event loop. They come from {@value #ADDRESSES} source addresses in 127.0.0.0/8,
 * so that there are ports for all.
 */
final class Readers implements AutoCloseable {

    private static final int ADDRESSES = 200;
    private static final int SETTLE_SECONDS = 60;
    /** A handshake has ten seconds, which code that is not compiled yet may need for a few hundred. */
    private static final int HANDSHAKES_AT_ONCE = 50;

    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

    /**
     * Who waits for a socket is woken by whoever writes to it, at the writer's expense where both are on one machine:
     * then a gateway would pay for its clients' sleep.
     */
    private static final long REST_NANOS = 300_000;

    private final Tally tally;
    private final EventLoopGroup loop;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<StreamReader> readers = new ArrayList<>();
    private final Bootstrap bootstrap;
    private final SslContext tls = anyCertificate();
    private Semaphore places = new Semaphore(0);

    Readers(Tally tally) {
        this.tally = tally;
        this.loop = new MultiThreadIoEventLoopGroup(
                1, Epoll.isAvailable() ? EpollIoHandler.newFactory(0, () -> Readers::rest) : NioIoHandler.newFactory());
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new Empty());
        if (Epoll.isAvailable()) {
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
    }

    /** Adds readers and connects them, so many at a time; returns when all streams have begun or failed. */
    void open(Order.Open open) throws InterruptedException {
        List<StreamReader> fresh = new ArrayList<>();
        for (Order.Stream stream : open.streams()) {
            for (int i = 0; i < stream.readers(); i++) {
                String source = "127.0.1." + (1 + readers.size() % ADDRESSES);
                StreamReader reader = new StreamReader(stream.path(), open.token(), source, tally, this::settled);
                readers.add(reader);
                fresh.add(reader);
            }
        }
        connect(open.port(), open.tls(), fresh, open.atOnce());
    }

    /** Connects again those who lost their stream. */
    void resume(int port, boolean tls) throws InterruptedException {
        List<StreamReader> lost =
                readers.stream().filter(reader -> !reader.isOpen()).toList();
        connect(port, tls, lost, Math.max(1, lost.size()));
    }

    /** Closes all and waits until the other side can have noticed. */
    void closeAll() throws InterruptedException {
        channels.close().await(SETTLE_SECONDS, TimeUnit.SECONDS);
        readers.clear();
    }

    @Override
    public void close() {
        channels.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void connect(int port, boolean tls, List<StreamReader> which, int most) throws InterruptedException {
        int atOnce = tls ? Math.min(most, HANDSHAKES_AT_ONCE) : most;
        places = new Semaphore(atOnce);
        InetSocketAddress gateway = new InetSocketAddress("127.0.0.1", port);
        for (StreamReader reader : which) {
            if (!places.tryAcquire(SETTLE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no stream began for " + SETTLE_SECONDS + " s");
            }
            ChannelFuture connecting = bootstrap
                    .clone()
                    .handler(new Initializer(reader, tls ? this.tls : null))
                    .connect(gateway, new InetSocketAddress(reader.localAddress(), 0));
            channels.add(connecting.channel());
            connecting.addListener(done -> {
                if (!done.isSuccess()) {
                    reader.failed(done.cause());
                }
            });
        }
        if (!places.tryAcquire(atOnce, SETTLE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not all streams began within " + SETTLE_SECONDS + " s: " + tally.report());
        }
    }

    /** Rests by the clock and not in wait for sockets; then looks what has come. */
    private static int rest(IntSupplier look, boolean hasTasks) throws Exception {
        if (!hasTasks) {
            LockSupport.parkNanos(REST_NANOS);
        }
        return look.get();
    }

    private void settled() {
        places.release();
    }

    private static SslContext anyCertificate() {
        try {
            return SslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    private static final class Empty extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {}
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private final StreamReader reader;
        private final @Nullable SslContext tls;

        private Initializer(StreamReader reader, @Nullable SslContext tls) {
            this.reader = reader;
            this.tls = tls;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (tls != null) {
                channel.pipeline().addLast(tls.newHandler(channel.alloc()));
            }
            channel.pipeline().addLast(reader.connection());
        }
    }
}

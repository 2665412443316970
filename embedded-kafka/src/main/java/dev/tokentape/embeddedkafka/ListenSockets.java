package dev.tokentape.embeddedkafka;

import dev.tokentape.embeddedkafka.EmbeddedKafkaException.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The two sockets of a combined broker and controller, bound before Kafka starts.
 *
 * <p>Kafka must be told the controller's port before it opens it. Binding both here makes port 0 free of races, and a
 * port in use one clear error before anything else has begun.
 */
final class ListenSockets implements ServerSocketFactory, AutoCloseable {
    static final String BROKER_LISTENER = "BROKER";
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final int BACKLOG = 128;

    private final ServerSocketChannel broker;
    private final ServerSocketChannel controller;

    private ListenSockets(ServerSocketChannel broker, ServerSocketChannel controller) {
        this.broker = broker;
        this.controller = controller;
    }

    static ListenSockets bind(String host, int port) {
        ServerSocketChannel broker = bind(new InetSocketAddress(host, port));
        try {
            return new ListenSockets(broker, bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        } catch (EmbeddedKafkaException e) {
            try {
                broker.close();
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static ServerSocketChannel bind(InetSocketAddress address) {
        try {
            ServerSocketChannel channel = ServerSocketChannel.open();
            try {
                channel.configureBlocking(false);
                channel.bind(address, BACKLOG);
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (BindException e) {
            throw new EmbeddedKafkaException(
                    Reason.PORT_IN_USE,
                    "Kafka's port " + address.getPort() + " on " + address.getHostString() + " is not free ("
                            + e.getMessage() + "). End the program that uses it or choose another port.",
                    e);
        } catch (IOException | RuntimeException e) {
            throw new EmbeddedKafkaException(
                    Reason.START_FAILED,
                    "Kafka cannot listen on " + address + " (" + e + "). Choose an address of this machine.",
                    e);
        }
    }

    int brokerPort() {
        return broker.socket().getLocalPort();
    }

    InetSocketAddress controllerAddress() {
        return (InetSocketAddress) controller.socket().getLocalSocketAddress();
    }

    @Override
    public ServerSocketChannel openServerSocket(
            String listener, InetSocketAddress address, int backlog, int receiveBufferSize) throws IOException {
        return switch (listener) {
            case BROKER_LISTENER -> broker;
            case CONTROLLER_LISTENER -> controller;
            default -> throw new IOException("No socket was bound for the listener " + listener);
        };
    }

    /** Closes what Kafka has not taken over or not closed; harmless after Kafka's own close. */
    @Override
    public void close() throws IOException {
        try (broker) {
            controller.close();
        }
    }
}

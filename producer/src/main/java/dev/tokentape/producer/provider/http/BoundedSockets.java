package dev.tokentape.producer.provider.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes sockets whose receive buffer is bounded: while the reading rests, the kernel would else let it grow to
 * megabytes for each of thousands of streams.
 */
final class BoundedSockets extends SocketFactory {

    /** At 150 ms from the provider this still lets 800 KB a second through. */
    private static final int RECEIVE_BYTES = 128 * 1024;

    private final SocketFactory plain = SocketFactory.getDefault();

    @Override
    public Socket createSocket() throws IOException {
        // Before it connects, so that the window is agreed on accordingly.
        return bounded(plain.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return bounded(plain.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return bounded(plain.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return bounded(plain.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return bounded(plain.createSocket(address, port, localAddress, localPort));
    }

    private static Socket bounded(Socket socket) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BYTES);
        return socket;
    }
}

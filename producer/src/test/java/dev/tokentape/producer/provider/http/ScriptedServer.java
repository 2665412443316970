package dev.tokentape.producer.provider.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A server on a bare socket, that does on every connection what the test says after it has read the request's head. */
final class ScriptedServer implements AutoCloseable {

    @FunctionalInterface
    interface Script {
        void play(Connection connection) throws Exception;
    }

    /** One connection, as the script sees it. */
    record Connection(Socket socket, AtomicLong sentBytes) {

        void head() throws IOException {
            send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
        }

        void send(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            sentBytes.addAndGet(bytes.length);
        }

        /** Waits until the client has closed its end. */
        void awaitClose() {
            try {
                InputStream in = socket.getInputStream();
                while (in.read() != -1) {}
            } catch (IOException _) {
                // Reset by the client: closed as well.
            }
        }
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong sentBytes = new AtomicLong();

    ScriptedServer(Script script) throws IOException {
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    sockets.add(socket);
                    Thread.ofVirtual().start(() -> play(script, socket));
                } catch (IOException _) {
                    return;
                }
            }
        });
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    int connections() {
        return sockets.size();
    }

    long sentBytes() {
        return sentBytes.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void play(Script script, Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next == -1) {
                    return;
                }
                head.append((char) next);
            }
            int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
            in.readNBytes(Integer.parseInt(head.substring(at, head.indexOf("\r\n", at))));
            script.play(new Connection(socket, sentBytes));
        } catch (Exception _) {
            // The client went away, which is what such a test is about; it looks at the client.
        }
    }
}

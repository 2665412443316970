package dev.tokentape.cli.operations;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** {@code /health}, {@code /ready} and {@code /metrics} over HTTP, for a service that has no public HTTP of its own. */
public final class OperationsServer implements AutoCloseable {

    private static final int OK = 200;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService executor;

    private OperationsServer(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /**
     * Where to listen.
     *
     * @param port 0 for any free one
     */
    public record Address(String host, int port) {
        /** That of a producer: port 9400 unless told otherwise. */
        public static Address ofProducer(Settings settings) {
            return from(settings, 9400);
        }

        /** That of a processor: port 9401 unless told otherwise, so that both can run on one machine. */
        public static Address ofProcessor(Settings settings) {
            return from(settings, 9401);
        }

        private static Address from(Settings settings, int usualPort) {
            return new Address(
                    settings.text("operations.host", "127.0.0.1"),
                    settings.integer("operations.port", usualPort, 0, 65_535));
        }
    }

    /**
     * Starts it, before the service that it tells of.
     *
     * @param ready whether the service works
     * @throws IOException if the address is taken
     */
    public static OperationsServer start(Address address, PrometheusMeterRegistry meters, BooleanSupplier ready)
            throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on %s:%d for health and metrics (%s); set operations.port to a free one"
                            .formatted(address.host(), address.port(), e.getMessage()),
                    e);
        }
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(executor);
        server.createContext("/health", exchange -> answer(exchange, OK, TEXT, "up\n"));
        server.createContext("/ready", exchange -> {
            boolean works = ready.getAsBoolean();
            answer(exchange, works ? OK : UNAVAILABLE, TEXT, works ? "ready\n" : "not ready\n");
        });
        server.createContext("/metrics", exchange -> answer(exchange, OK, PROMETHEUS, meters.scrape()));
        server.start();
        return new OperationsServer(server, executor);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
                return;
            }
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.close();
    }
}

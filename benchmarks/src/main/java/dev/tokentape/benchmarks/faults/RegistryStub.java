package dev.tokentape.benchmarks.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** As much of Confluent's registry API as a start of the services needs, in memory. */
public final class RegistryStub implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BY_ID = "/schemas/ids/";

    private final HttpServer server;
    private final List<String> schemas = new ArrayList<>();

    private RegistryStub(HttpServer server) {
        this.server = server;
    }

    /** Listens on that port of this machine. */
    public static RegistryStub start(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        RegistryStub stub = new RegistryStub(server);
        server.createContext("/", stub::answer);
        server.start();
        return stub;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] answer = JSON.writeValueAsBytes(answerTo(exchange));
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private synchronized Object answerTo(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith(BY_ID)) {
            return Map.of("schema", schemas.get(Integer.parseInt(path.substring(BY_ID.length())) - 1));
        }
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        if (exchange.getRequestMethod().equals("POST")) {
            String schema = JSON.readTree(body).path("schema").asText();
            if (!schemas.contains(schema)) {
                schemas.add(schema);
            }
            return Map.of("id", schemas.indexOf(schema) + 1);
        }
        return exchange.getRequestMethod().equals("PUT") ? JSON.readTree(body) : List.of();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

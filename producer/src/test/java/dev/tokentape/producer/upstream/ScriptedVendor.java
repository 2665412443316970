package dev.tokentape.producer.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.tokentape.producer.provider.api.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server that gives these answers one after the other, whatever is asked; a JSON object is an error. */
final class ScriptedVendor implements AutoCloseable {

    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final Queue<JsonNode> asked = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    ScriptedVendor() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            String answer = answers.remove();
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            boolean error = answer.startsWith("{");
            exchange.getResponseHeaders().set("Content-Type", error ? "application/json" : "text/event-stream");
            exchange.sendResponseHeaders(error ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void answers(String answer) {
        answers.add(answer);
    }

    /** The bodies that came, in their order. */
    List<JsonNode> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

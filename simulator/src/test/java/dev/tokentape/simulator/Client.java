package dev.tokentape.simulator;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What the tests call a simulator with: the JDK's HTTP client, and a bare socket where the bytes of TCP matter. */
final class Client implements AutoCloseable {

    static final String CHAT = "/v1/chat/completions";
    static final String MESSAGES = "/v1/messages";

    private final Simulator simulator;
    final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    Client(Simulator simulator) {
        this.simulator = simulator;
    }

    /** A streamed Chat Completions request of one user message. */
    static String chat(String model, String prompt) {
        return "{\"model\":\"" + model + "\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
    }

    /** A Messages request of one user message. */
    static String messages(String model, String prompt, boolean stream) {
        return "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"max_tokens\":4096,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
    }

    HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path))
                .timeout(Duration.ofSeconds(30))
                .header("content-type", "application/json")
                .header("anthropic-version", "2023-06-01")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<byte[]> post(String path, String body) throws IOException, InterruptedException {
        return http.send(request(path, body).build(), BodyHandlers.ofByteArray());
    }

    String text(String path, String body) throws IOException, InterruptedException {
        return new String(post(path, body).body(), StandardCharsets.UTF_8);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path)).build(), BodyHandlers.ofString());
    }

    /** A socket on which this request has been sent, with a receive buffer of this many bytes. */
    Socket socket(String path, String body, int receiveBuffer) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.setSoTimeout(30_000);
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", simulator.port()), 10_000);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nhost: test\r\nanthropic-version: 2023-06-01\r\ncontent-length: "
                + bytes.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return socket;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

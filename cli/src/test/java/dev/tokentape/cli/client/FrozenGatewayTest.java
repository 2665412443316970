package dev.tokentape.cli.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Frames;
import dev.tokentape.cli.client.ResumingStream.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that stands still keeps its connections open: a client that knows another one goes there. */
@Timeout(60)
class FrozenGatewayTest {

    private static final Patience PATIENT =
            new Patience(Duration.ofMillis(1), Duration.ofSeconds(40), Duration.ofSeconds(40));

    private final List<Socket> held = new CopyOnWriteArrayList<>();
    private final ServerSocket frozen = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final MockWebServer living = new MockWebServer();
    private final List<String> answer = Frames.answer("one ", "two ", "three");
    private final List<String> read = new ArrayList<>();
    private volatile String lastWords = "";

    FrozenGatewayTest() throws IOException {}

    enum Transport {
        WEBSOCKET,
        PAGES
    }

    @BeforeEach
    void start() throws IOException {
        living.start();
        Thread.ofVirtual().start(this::freeze);
    }

    @AfterEach
    void stop() throws IOException {
        frozen.close();
        for (Socket socket : held) {
            socket.close();
        }
        living.close();
    }

    /** Takes connections, says its last words on each, and nothing more. */
    private void freeze() {
        try {
            while (true) {
                Socket socket = frozen.accept();
                held.add(socket);
                String key = keyOf(new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)));
                socket.getOutputStream().write(lastWords.formatted(accept(key)).getBytes(UTF_8));
            }
        } catch (Exception _) {
            // The test is over.
        }
    }

    private static String keyOf(BufferedReader request) throws IOException {
        String key = "";
        for (String line = request.readLine(); line != null && !line.isEmpty(); line = request.readLine()) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-key: ")) {
                key = line.substring("sec-websocket-key: ".length());
            }
        }
        return key;
    }

    private static String accept(String key) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-1")
                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII));
        return Base64.getEncoder().encodeToString(hash);
    }

    private TapeClient client() {
        return new TapeClient(
                List.of(
                        URI.create("http://127.0.0.1:" + frozen.getLocalPort()),
                        URI.create("http://127.0.0.1:" + living.getPort())),
                null);
    }

    private void follow(TapeClient client, Connector connector) throws Exception {
        new ResumingStream(client.address(), connector, PATIENT)
                .follow("start", frame -> read.add(frame.json().toString()), _ -> {}, EventFrame::terminal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTokentape-Heartbeat: 1\r\n\r\n"})
    void aStreamGoesOnAtTheNextGateway(String words) throws Exception {
        // Given a gateway that falls silent before or after the head of its answer
        lastWords = words;
        living.enqueue(sse());

        // When
        try (TapeClient client = client()) {
            follow(client, client.responseEvents("talk", Frames.RESPONSE));
        }

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
    }

    @Test
    void whatWasReadBeforeIsNotReadAgain() throws Exception {
        // Given
        lastWords = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTokentape-Heartbeat: 1\r\n\r\n"
                + Frames.sse(answer.subList(0, 2)).replace("%", "%%");
        living.enqueue(new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(answer.subList(2, answer.size())))
                .build());

        // When
        try (TapeClient client = client()) {
            follow(client, client.responseEvents("talk", Frames.RESPONSE));
        }

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
        assertThat(living.takeRequest().getHeaders().get("Last-Event-ID")).isEqualTo("cursor-1");
    }

    @ParameterizedTest
    @EnumSource
    void theOtherTransportsGoOnThereToo(Transport transport) throws Exception {
        // Given
        lastWords = transport == Transport.PAGES
                ? ""
                : "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Protocol: tokentape.v1\r\nSec-WebSocket-Accept: %s\r\n\r\n";
        living.enqueue(
                transport == Transport.PAGES
                        ? new MockResponse.Builder()
                                .body("{\"events\":[" + String.join(",", answer) + "],\"next\":\"cursor-9\"}")
                                .build()
                        : new MockResponse.Builder()
                                .webSocketUpgrade(new WebSocketListener() {
                                    @Override
                                    public void onOpen(WebSocket socket, Response response) {
                                        answer.forEach(socket::send);
                                    }
                                })
                                .build());

        // When
        try (TapeClient client = client()) {
            follow(
                    client,
                    transport == Transport.PAGES
                            ? client.responsePages("talk", Frames.RESPONSE)
                            : client.conversationSocket("talk"));
        }

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
    }

    @Test
    void aQuestionIsAskedAtTheNextGateway() throws Exception {
        // Given
        living.enqueue(new MockResponse.Builder()
                .code(202)
                .body("{\"conversation_id\":\"talk\",\"response_id\":\"" + Frames.RESPONSE + "\"}")
                .build());

        // When
        Accepted accepted;
        try (TapeClient client = client()) {
            accepted = client.ask(new Question("talk", "Anybody there?", null, null), "key");
        }

        // Then
        assertThat(accepted.responseId()).isEqualTo(Frames.RESPONSE);
        assertThat(living.takeRequest().getHeaders().get("Idempotency-Key")).isEqualTo("key");
    }

    private MockResponse sse() {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(answer))
                .build();
    }
}

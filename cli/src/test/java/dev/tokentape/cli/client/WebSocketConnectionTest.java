package dev.tokentape.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Frames;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebSocketConnectionTest {

    private final MockWebServer gateway = new MockWebServer();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws Exception {
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void subscribesThenHearsItsEvents() throws Exception {
        // Given
        answering(List.of("{\"type\":\"subscribed\",\"ref\":\"1\"}", Frames.text(4, "Yes.")));

        try (TapeClient client = new TapeClient(URI.create("http://127.0.0.1:" + gateway.getPort()))) {
            // When
            Connection connection = client.conversationSocket("talk").open("cursor-3", new Noting());

            // Then
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("opened");
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("frame 4 Yes.");
            assertThat(received.poll(20, TimeUnit.SECONDS))
                    .contains("\"conversation_id\":\"talk\"")
                    .contains("\"after\":\"cursor-3\"");
            assertThat(gateway.takeRequest().getHeaders().get("Sec-WebSocket-Protocol"))
                    .isEqualTo("tokentape.v1");
            connection.close();
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aRefusedSubscriptionIsNotTriedAgain() throws Exception {
        // Given
        answering(
                List.of("{\"type\":\"refused\",\"ref\":\"1\",\"problem\":{\"title\":\"Not allowed\",\"status\":403}}"));

        try (TapeClient client = new TapeClient(URI.create("http://127.0.0.1:" + gateway.getPort()));
                // When
                Connection _ = client.conversationSocket("talk").open(null, new Noting())) {

            // Then
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("lost false Not allowed");
        }
    }

    private void answering(List<String> messages) {
        gateway.enqueue(new MockResponse.Builder()
                .webSocketUpgrade(new WebSocketListener() {
                    @Override
                    public void onMessage(WebSocket socket, String text) {
                        received.add(text);
                        messages.forEach(socket::send);
                    }

                    @Override
                    public void onClosing(WebSocket socket, int code, String reason) {
                        socket.close(code, null);
                    }
                })
                .build());
    }

    private final class Noting implements StreamListener {
        @Override
        public void opened() {
            heard.add("opened");
        }

        @Override
        public void frame(EventFrame frame) {
            heard.add("frame " + frame.sequence() + " " + frame.text());
        }

        @Override
        public void ended() {
            heard.add("ended");
        }

        @Override
        public void lost(LostConnection lost) {
            heard.add("lost " + lost.comeBack() + " " + lost.why());
        }
    }
}

package dev.tokentape.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.Frames;
import java.net.URI;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AccessTokenTest {

    private final MockWebServer gateway = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private TapeClient client(Map<String, String> environment, @Nullable String variable) {
        return new TapeClient(
                URI.create("http://127.0.0.1:" + gateway.getPort()), AccessToken.in(environment, variable));
    }

    private String authorization() throws InterruptedException {
        return String.valueOf(gateway.takeRequest().getHeaders().get("Authorization"));
    }

    @Test
    void theTokenOfTheEnvironmentGoesWithCallsStreamsAndSockets() throws Exception {
        // Given
        gateway.enqueue(new MockResponse.Builder().body("{\"turns\":[]}").build());
        gateway.enqueue(new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(List.of(Frames.text(4, "Yes."))))
                .build());
        gateway.enqueue(new MockResponse.Builder()
                .webSocketUpgrade(new WebSocketListener() {})
                .build());

        // When
        try (TapeClient client = client(Map.of("TOKENTAPE_TOKEN", " abc.def \n"), null)) {
            client.conversationState("talk");
            assertThat(authorization()).isEqualTo("Bearer abc.def");
            try (Connection _ = client.conversationEvents("talk").open("start", new Deaf())) {
                assertThat(authorization()).isEqualTo("Bearer abc.def");
            }
            try (Connection _ = client.conversationSocket("talk").open("start", new Deaf())) {
                // Then
                assertThat(authorization()).isEqualTo("Bearer abc.def");
            }
        }
    }

    @Test
    void withoutATokenNothingIsSaid() throws Exception {
        // Given
        gateway.enqueue(new MockResponse.Builder().body("{\"turns\":[]}").build());

        // When
        try (TapeClient client = client(Map.of("OTHER", "abc"), null)) {
            client.conversationState("talk");
        }

        // Then
        assertThat(authorization()).isEqualTo("null");
    }

    @Test
    void aNamedVariableWinsAndMustBeSet() {
        // Given
        Map<String, String> environment = Map.of("TOKENTAPE_TOKEN", "abc");

        // When, then
        assertThat(AccessToken.in(Map.of("MINE", "x"), "MINE")).isNotNull();
        assertThatThrownBy(() -> AccessToken.in(environment, "MINE"))
                .hasMessage("--token-variable names 'MINE', which is not set");
    }

    @Test
    void whatIsNoTokenIsRefusedWithoutBeingShown() {
        // When, then
        assertThatThrownBy(() -> AccessToken.in(Map.of("TOKENTAPE_TOKEN", "two words"), null))
                .hasMessageContaining("TOKENTAPE_TOKEN")
                .hasMessageNotContaining("two words");
    }

    private static final class Deaf implements StreamListener {
        @Override
        public void opened() {}

        @Override
        public void frame(EventFrame frame) {}

        @Override
        public void ended() {}

        @Override
        public void lost(LostConnection lost) {}
    }
}

package dev.tokentape.processor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InternalHttpTest {

    @SuppressWarnings("NullAway.Init")
    private InternalHttp http;

    @BeforeEach
    void bind() throws IOException {
        http = InternalHttp.bind("127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        http.close();
    }

    private String answer(String requestLine, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", http.url().getPort())) {
            String request = requestLine + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void beforeItServesItSaysThatItIsStarting() throws IOException {
        // Given a server without stores

        // When
        String answer = answer("GET /internal/v1/conversations/c1", "127.0.0.1:1");

        // Then
        assertThat(answer)
                .startsWith("HTTP/1.1 503")
                .containsIgnoringCase("retry-after: 1")
                .contains("urn:tokentape:problem:starting");
    }

    @Test
    void aWebPageThatPointsItsOwnNameHereIsRefused() throws IOException {
        // Given a name that resolves to the loopback address

        // When
        String answer = answer("GET /internal/v1/conversations/c1", "evil.example");

        // Then
        assertThat(answer).startsWith("HTTP/1.1 421");
    }

    @Test
    void onlyReadingIsKnown() throws IOException {
        // Given, when
        String answer = answer("DELETE /internal/v1/conversations/c1", "localhost");

        // Then
        assertThat(answer).startsWith("HTTP/1.1 405");
    }

    @Test
    void anUnknownAddressIsNotFound() throws IOException {
        // Given, when
        String answer = answer("GET /internal/v1/turns", "localhost");

        // Then
        assertThat(answer).startsWith("HTTP/1.1 404");
    }
}

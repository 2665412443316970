package dev.tokentape.producer.provider.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a provider may be silent. */
@Timeout(30)
class HttpCallSilenceTest extends HttpCallScenario {

    @Test
    void aConnectionThatIsNotTakenTimesOut() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Given a server whose queue of connections is full
            fill(deaf, waiting);
            UpstreamCall call = call("http://127.0.0.1:" + deaf.getLocalPort(), Map.of("connect-timeout", "200ms"));

            // When
            call.run();

            // Then
            assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.CONNECT);
            assertThat(onlyError().getCode()).isEqualTo("connect_timeout");
            assertThat(onlyError().getMessage()).contains("0.2 s", "provider.local.connect-timeout");
            assertThat(onlyError().getRetryable()).isTrue();
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void silenceBeforeTheHeadersTimesOut() throws Exception {
        // Given
        UpstreamCall call = callTo(ScriptedServer.Connection::awaitClose, "first-byte-timeout", "200ms");

        // When
        call.run();

        // Then
        assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(onlyError().getCode()).isEqualTo("upstream_timeout");
        assertThat(onlyError().getMessage()).contains("0.2 s", "first-byte-timeout");
    }

    @Test
    void silenceBeforeTheFirstByteTimesOut() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    connection.awaitClose();
                },
                "first-byte-timeout",
                "200ms");

        // When
        call.run();

        // Then
        assertThat(onlyError().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(onlyError().getCode()).isEqualTo("upstream_timeout");
        assertThat(onlyError().getMessage()).contains("0.2 s", "first-byte-timeout");
    }

    @Test
    void silenceBetweenTokensTimesOut() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    connection.send(HELLO);
                    connection.awaitClose();
                },
                "between-tokens-timeout",
                "200ms");

        // When
        call.run();

        // Then
        assertThat(error().getPhase()).isEqualTo(ErrorPhase.MID_STREAM);
        assertThat(error().getCode()).isEqualTo("upstream_timeout");
        assertThat(error().getMessage()).contains("0.2 s", "between-tokens-timeout");
    }

    @Test
    void anAnswerThatGoesOnForeverTimesOutThoughItIsNeverSilent() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    while (true) {
                        connection.send(": keep-alive\n\n");
                        Thread.onSpinWait();
                    }
                },
                "max-answer-duration",
                "300ms");

        // When
        call.run();

        // Then
        assertThat(onlyError().getCode()).isEqualTo("upstream_timeout");
        assertThat(onlyError().getMessage()).contains("0.3 s", "max-answer-duration");
    }

    @Test
    void silenceAfterAWholeAnswerEndsItWell() throws Exception {
        // Given
        UpstreamCall call = callTo(
                connection -> {
                    connection.head();
                    connection.send(HELLO);
                    connection.send(END.substring(0, END.indexOf("data: [DONE]")));
                    connection.awaitClose();
                },
                "between-tokens-timeout",
                "200ms");

        // When
        call.run();

        // Then
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
    }

    /** Connects until nothing is taken any more; systems that take more than asked for are given up. */
    private static void fill(ServerSocket deaf, List<Socket> waiting) throws IOException {
        for (int i = 0; i < 64; i++) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(deaf.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException _) {
                return;
            }
        }
        abort("this system's queue of connections cannot be filled");
    }
}

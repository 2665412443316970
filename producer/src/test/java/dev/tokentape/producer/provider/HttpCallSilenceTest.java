package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a provider may be silent. */
@Timeout(30)
class HttpCallSilenceTest extends HttpCallScenario {

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
}

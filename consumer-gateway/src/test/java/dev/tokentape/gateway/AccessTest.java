package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    private final TestGateway gateway = new TestGateway(
            "gateway.allowed-origins",
            "https://chat.example.org",
            "gateway.allowed-hosts",
            "localhost,127.0.0.1,gate.example.org");

    @AfterEach
    void stop() {
        gateway.close();
    }

    private String ask(String request) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(request);
            return connection.answer();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:8080, 200",
        "127.0.0.1:1, 200",
        "gate.example.org, 200",
        "evil.example.org, 421",
        "localhost.evil.example.org, 421",
        "gate.example.org.evil, 421"
    })
    void onlyOurOwnNamesAreAnsweredTo(String host, int status) throws IOException {
        // When somebody comes under a name
        String answer = ask("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

        // Then it must be one of ours, lest a name that points at 127.0.0.1 leads a page in
        assertThat(answer).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: localhost\r\nHost: localhost\r\n"})
    void oneHostIsNeeded(String hosts) throws IOException {
        // When there is none, or more than one
        String answer = ask("GET /health HTTP/1.1\r\n" + hosts + "\r\n");

        // Then the request is malformed
        assertThat(answer).startsWith("HTTP/1.1 400").contains("urn:tokentape:problem:malformed-request");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, localhost:8080, 200",
        "https://localhost:8080, localhost:8080, 200",
        "https://chat.example.org, localhost:8080, 200",
        "https://chat.example.org.evil, localhost:8080, 403",
        "http://localhost:9999, localhost:8080, 403",
        "null, localhost:8080, 403"
    })
    void onlyOurOwnAndAllowedOriginsMayAsk(String origin, String host, int status) throws IOException {
        // When a page asks
        String answer = ask("GET /v1/conversations/c HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + origin + "\r\n\r\n");

        // Then it must be ours or allowed
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        if (status == 200) {
            assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                    .contains("access-control-allow-origin: " + origin)
                    .contains("vary: origin");
        } else {
            assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control-allow-origin");
        }
    }

    @Test
    void aForeignPageCannotSpendTheKeys() {
        // When a page of elsewhere posts
        HttpResponse<String> response = gateway.post(
                "/v1/conversations/c/responses", "{\"prompt\":\"Hello?\"}", "Origin", "https://evil.example.org");

        // Then nothing is asked
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void aBrowserThatAsksBeforeItAsksIsAnswered() {
        // When an allowed page's browser sends a preflight
        HttpResponse<String> response = gateway.send(gateway.request("/v1/conversations/c/responses")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://chat.example.org")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type,idempotency-key")
                .build());

        // Then it learns what it may do
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).contains("https://chat.example.org");
        assertThat(response.headers().firstValue("Access-Control-Allow-Methods").orElseThrow())
                .contains("POST");
        assertThat(response.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
                .contains("Idempotency-Key", "Last-Event-ID");
    }

    @Test
    void anAddressThatOthersCanReachNeedsADecision() {
        // When a gateway shall listen for everybody, and nobody has decided that it may
        Settings settings = Settings.of(Map.of("gateway.host", "0.0.0.0"));

        // Then it does not start
        assertThatThrownBy(() -> GatewayConfig.from(settings))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("gateway.allow-anonymous=true");
    }

    @Test
    void withTheDecisionItMay() {
        // When somebody has decided
        GatewayConfig config =
                GatewayConfig.from(Settings.of(Map.of("gateway.host", "0.0.0.0", "gateway.allow-anonymous", "true")));

        // Then it is so
        assertThat(config.server().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void whereCallersNeedATokenOthersMayReachIt() {
        // When a gateway that listens for everybody asks who they are
        GatewayConfig config =
                GatewayConfig.from(Settings.of(Map.of("gateway.host", "0.0.0.0", Tokens.VARIABLE, Tokens.SECRET)));

        // Then that is decision enough, and the secret is in no description of the settings
        assertThat(config.auth().required()).isTrue();
        assertThat(config.toString()).doesNotContain(Tokens.SECRET);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TOKENTAPE_GATEWAY_AUTH_SECRET | short | has 5 bytes
            gateway.auth.secret-variable | NOT_SET_ANYWHERE | NOT_SET_ANYWHERE, which is not set
            gateway.auth.jwks-url | http://issuer.example.org/keys | expected an https address
            gateway.auth.jwks-url | https://issuer.example.org/keys | are both set
            gateway.allow-anonymous | true | take one of them away
            gateway.tls.key | key.pem | only one is set
            gateway.auth.ticket-lifetime | 0s | above zero
            """)
    void settingsThatDoNotGoTogetherAreTold(String key, String value, String told) {
        // When a gateway with a secret for tokens is told something that does not go with it
        Map<String, String> given = new java.util.HashMap<>(Map.of(Tokens.VARIABLE, Tokens.SECRET));
        given.put(key, value);

        // Then it does not start
        assertThatThrownBy(() -> GatewayConfig.from(Settings.of(given)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(told);
    }

    @Test
    void everyProblemOfTheSettingsIsNamedAtOnce() {
        // When several are wrong
        Settings settings = Settings.of(Map.of(
                "gateway.port", "99999",
                "gateway.keep-alive", "0s",
                "gateway.allowed-origins", "*",
                "gateway.processor-urls", "somewhere"));

        // Then all are named
        assertThatThrownBy(() -> GatewayConfig.from(settings))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("gateway.port")
                .hasMessageContaining("gateway.keep-alive")
                .hasMessageContaining("gateway.allowed-origins")
                .hasMessageContaining("gateway.processor-urls");
    }
}

package dev.tokentape.producer.provider.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.producer.provider.Jobs;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class HttpErrorsTest {

    private static final String KEY = "key-4711-that-nobody-may-see";

    private final MockWebServer server = new MockWebServer();
    private final List<TokenEvent> events = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | {\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"code\":null}} | "
                        + "invalid_request_error | no | false",
                "401 | {\"error\":{\"message\":\"who\",\"code\":\"invalid_api_key\"}} | invalid_api_key | who | false",
                "404 | {\"error\":\"model not found\"} | not_found_error | model not found | false",
                "401 | {\"detail\":\"Unauthorized\"} | authentication_error | Unauthorized | false",
                "429 | {\"error\":{\"code\":429,\"message\":\"slow down\"}} | rate_limit_error | slow down | true",
                "429 | {\"error\":{\"code\":\"insufficient_quota\",\"message\":\"pay\"}} | "
                        + "insufficient_quota | pay | false",
                "529 | " + "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}} "
                        + "| overloaded_error | Overloaded | true",
                "500 | <html>oops</html> | server_error | The provider answered HTTP 500. <html>oops</html> | true",
                "302 | gone | upstream_error | The provider answered HTTP 302. gone | false",
                "200 | {\"error\":{\"message\":\"busy\",\"type\":\"server_error\"}} | server_error | busy | true",
            })
    void aResponseThatIsNoStreamFailsWithTheProvidersWords(
            int status, String body, String code, String message, boolean retryable) throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", body.startsWith("{") ? "application/json" : "text/html")
                .body(body)
                .build());

        // When
        call("openai-chat-completions").run();

        // Then
        assertThat(error().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(error().getHttpStatus()).isEqualTo(status);
        assertThat(error().getCode()).isEqualTo(code);
        assertThat(error().getMessage()).isEqualTo(message);
        assertThat(error().getRetryable()).isEqualTo(retryable);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void theProvidersOwnWordOnRetryingCounts() throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder()
                .code(529)
                .setHeader("x-should-retry", "false")
                .body("{}")
                .build());

        // When
        call("anthropic-messages").run();

        // Then
        assertThat(error().getRetryable()).isFalse();
    }

    @Test
    void everyRecordedErrorKeepsItsMessage() throws Exception {
        String given = System.getenv("TOKENTAPE_RECORDED_STREAMS");
        File folder = Path.of(given == null ? "../../shared/recorded-streams" : given, "http-errors")
                .toFile();
        assumeTrue(folder.isDirectory(), "no recorded errors at %s: set TOKENTAPE_RECORDED_STREAMS".formatted(folder));
        for (File file : Objects.requireNonNull(folder.listFiles())) {
            // Given
            JsonNode recorded = new ObjectMapper().readTree(file);
            MockResponse.Builder response = new MockResponse.Builder()
                    .code(recorded.path("status").asInt())
                    .body(recorded.path("body").asText());
            recorded.path("headers")
                    .properties()
                    .forEach(header -> response.setHeader(
                            header.getKey(), header.getValue().asText()));
            server.enqueue(response.build());
            events.clear();

            // When
            call("openai-chat-completions").run();

            // Then
            assertThat(error().getHttpStatus())
                    .as(file.getName())
                    .isEqualTo(recorded.path("status").asInt());
            assertThat(error().getCode())
                    .as(file.getName())
                    .doesNotContain("upstream_error")
                    .isNotBlank();
            assertThat(recorded.path("body").asText().replace("\\", ""))
                    .as(file.getName())
                    .contains(error().getMessage()
                            .lines()
                            .findFirst()
                            .orElseThrow()
                            .split(":")[0]);
            assertThat(error().getRetryable())
                    .as(file.getName())
                    .isEqualTo(recorded.path("status").asInt() == 429);
        }
    }

    @Test
    void aDocumentInsteadOfAStreamIsSaidToBeOne() throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", "application/json")
                .body("{\"choices\":[]}")
                .build());

        // When
        call("openai-chat-completions").run();

        // Then
        assertThat(error().getCode()).isEqualTo("not_a_stream");
    }

    @Test
    void aStreamWithoutAContentTypeIsReadAllTheSame() throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder()
                .body("data: " + "{\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: [DONE]\n\n")
                .build());

        // When
        call("openai-chat-completions").run();

        // Then
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
    }

    @Test
    void theKeyGoesToTheProviderAndNowhereElse() throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder()
                .code(401)
                .body("{\"error\":{\"message\":\"Incorrect API key provided: " + KEY + "\"}}")
                .build());
        Providers providers = providers("openai-chat-completions");
        Provider provider = providers.named("local").orElseThrow();
        UpstreamCall call = provider.prepare(Jobs.asking("hi"), "run-1", events::add);

        // When
        call.run();

        // Then
        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY);
        assertThat(request.getHeaders().get("Accept-Encoding")).isEqualTo("identity");
        assertThat(request.getTarget()).isEqualTo("/v1/chat/completions");
        assertThat(error().getMessage()).isEqualTo("Incorrect API key provided: [key]");
        assertThat(events.toString() + provider + call + providers).doesNotContain(KEY);
    }

    @Test
    void anthropicsHeadersAreItsOwn() throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder().code(500).build());

        // When
        call("anthropic-messages").run();

        // Then
        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/v1/messages");
        assertThat(request.getHeaders().get("x-api-key")).isEqualTo(KEY);
        assertThat(request.getHeaders().get("anthropic-version")).isEqualTo("2023-06-01");
    }

    private UpstreamCall call(String api) {
        return providers(api).named("local").orElseThrow().prepare(Jobs.asking("hi"), "run-1", events::add);
    }

    private Providers providers(String api) {
        Settings settings = Settings.of(Map.of(
                "providers",
                "local",
                "provider.local.api",
                api,
                "provider.local.base-url",
                server.url("/").toString(),
                "provider.local.key-variable",
                "LOCAL_KEY",
                "LOCAL_KEY",
                KEY));
        Providers providers = Providers.from(settings);
        settings.check();
        return providers;
    }

    private ErrorInfo error() {
        assertThat(events).hasSize(1);
        return ((TokenEvent.Failed) events.getFirst()).error();
    }
}

package dev.tokentape.producer.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.producer.provider.Decoded;
import dev.tokentape.producer.provider.Everything;
import dev.tokentape.producer.provider.Frames;
import dev.tokentape.producer.provider.Jobs;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.provider.auth.SignatureV4;
import dev.tokentape.producer.provider.config.Apis;
import dev.tokentape.producer.provider.http.Providers;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of the APIs over HTTP, in each of the three framings. */
@Timeout(30)
class FramingTest {

    private static final String KEY = "key-4711-that-nobody-may-see";
    private static final String BEDROCK = "bedrock-converse-stream";
    private static final String GEMINI = "gemini-generate-content";

    private final MockWebServer server = new MockWebServer();
    private final List<TokenEvent> events = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "openai-responses, /v1/responses, text/event-stream",
        "gemini-generate-content, /v1beta/models/test-model:streamGenerateContent?alt=sse, text/event-stream",
        "ollama-native, /api/chat, application/x-ndjson",
        "bedrock-converse-stream, /model/test-model/converse-stream, application/vnd.amazon.eventstream"
    })
    void anAnswerArrivesWhole(String api, String target, String mediaType) throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", mediaType)
                .chunkedBody(body(api), 11)
                .build());

        // When
        call(api).run();

        // Then
        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo(target);
        assertThat(request.getHeaders().get("Accept")).isEqualTo(mediaType);
        assertThat(request.getHeaders().toMultimap().toString()).contains(KEY);
        assertThat(events.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
        assertThat(events).anySatisfy(event -> assertThat(event).isInstanceOf(TokenEvent.BlockDelta.class));
        assertThat(events)
                .filteredOn(this::isToolCall)
                .isNotEmpty()
                .allSatisfy(event ->
                        assertThat(((TokenEvent.BlockStart) event).toolCallId()).isNotNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai-responses", GEMINI, "ollama-native", BEDROCK})
    void aCutAnswerIsTruncated(String api) throws Exception {
        // Given
        byte[] whole = body(api).readByteArray();
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", mediaType(api))
                .setHeader("Content-Length", whole.length + 100)
                .body(new Buffer().write(whole, 0, whole.length / 3))
                .onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
                .build());

        // When
        call(api).run();

        // Then
        if (api.equals(GEMINI)) {
            // This one tells its finish reason early, as older models do.
            assertThat(events.getLast().isTerminal()).isTrue();
        } else {
            assertThat(error().getPhase()).isEqualTo(ErrorPhase.TRUNCATED);
        }
        assertThat(events).filteredOn(TokenEvent::isTerminal).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai-responses", GEMINI, "ollama-native", BEDROCK})
    void aCancelEndsTheReading(String api) throws Exception {
        // Given
        byte[] whole = body(api).readByteArray();
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", mediaType(api))
                .body(new Buffer().write(whole))
                .throttleBody(whole.length / 4, 1, TimeUnit.MINUTES)
                .build());
        UpstreamCall call = call(api);
        Thread running = Thread.ofVirtual().start(() -> {
            try {
                call.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> !events.isEmpty());

        // When
        call.cancel("user");

        // Then
        running.join();
        assertThat(events.getLast()).isInstanceOf(TokenEvent.Cancelled.class);
        assertThat(events).filteredOn(TokenEvent::isTerminal).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "bedrock-400-validation.json, bedrock-converse-stream, ValidationException, false",
        "bedrock-403-token.json, bedrock-converse-stream, UnrecognizedClientException, false",
        "gemini-400-api-key.json, gemini-generate-content, INVALID_ARGUMENT, false",
        "gemini-429.json, gemini-generate-content, RESOURCE_EXHAUSTED, true",
        "ollama-native-404.json, ollama-native, not_found_error, false",
        "openai-responses-400-context-length.json, openai-responses, context_length_exceeded, false"
    })
    void aRecordedRefusalKeepsItsWords(String file, String api, String code, boolean retryable) throws Exception {
        String given = System.getenv("TOKENTAPE_RECORDED_STREAMS");
        Path folder = Path.of(given == null ? "../../shared/recorded-streams" : given, "http-errors");
        assumeTrue(Files.isDirectory(folder), "no recorded errors: set TOKENTAPE_RECORDED_STREAMS");
        // Given
        JsonNode recorded = new ObjectMapper().readTree(folder.resolve(file).toFile());
        MockResponse.Builder response = new MockResponse.Builder()
                .code(recorded.path("status").asInt())
                .body(recorded.path("body").asText());
        recorded.path("headers")
                .properties()
                .forEach(header ->
                        response.setHeader(header.getKey(), header.getValue().asText()));
        server.enqueue(response.build());

        // When
        call(api).run();

        // Then
        assertThat(error().getHttpStatus()).isEqualTo(recorded.path("status").asInt());
        assertThat(error().getCode()).isEqualTo(code);
        assertThat(error().getRetryable()).isEqualTo(retryable);
        assertThat(error().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 2, {}, 2000",
        "retry-after-ms, 150, {}, 150",
        "x, y, " + "'{\"error\":{\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\","
                + "\"retryDelay\":\"48.5s\"}]}}', 48500",
        "x, y, {}, "
    })
    void howLongToWaitIsHeard(String header, String value, String body, @Nullable Long millis) throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder()
                .code(429)
                .setHeader(header, value)
                .body(body)
                .build());
        UpstreamCall call = call(GEMINI);

        // When
        call.run();

        // Then
        assertThat(call.retryAfter()).isEqualTo(millis == null ? null : Duration.ofMillis(millis));
    }

    @Test
    void chunksMayComeAsOneList() {
        // When
        Decoded decoded = Decoded.of(GEMINI, """
                [{"candidates":[{"content":{"parts":[{"text":"Hel"}]}}]},
                {"candidates":[{"content":{"parts":[{"text":"lo"}]},"finishReason":"STOP"}]}]
                """);

        // Then
        assertThat(decoded.text(BlockType.TEXT, 0)).isEqualTo("Hello");
        assertThat(decoded.last()).isInstanceOf(TokenEvent.MessageStop.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void bareJsonAmongServerSentEventsIsHeard(int chunkBytes) {
        // Given
        String body = """
                data: {"candidates":[{"content":{"parts":[{"text":"Once"}]}}]}\r
                \r
                {\r
                  "error": {\r
                    "code": 503,\r
                    "message": "The model is {overloaded}.",\r
                    "status": "UNAVAILABLE"\r
                  }\r
                }\r
                """;

        // When
        Decoded decoded = Decoded.of(GEMINI, body.getBytes(StandardCharsets.UTF_8), chunkBytes);

        // Then
        assertThat(decoded.text(BlockType.TEXT, 0)).isEqualTo("Once");
        ErrorInfo error = ((TokenEvent.Failed) decoded.last()).error();
        assertThat(error.getCode()).isEqualTo("UNAVAILABLE");
        assertThat(error.getMessage()).isEqualTo("The model is {overloaded}.");
        assertThat(error.getPhase()).isEqualTo(ErrorPhase.MID_STREAM);
        assertThat(error.getRetryable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"code\":500,\"message\":\"no\"}}",
                "[{\"error\":{\"code\":500,\"message\":\"no\"}}]"
            })
    void bareJsonMayStandOnOneLineOrInAList(String json) {
        // When
        Decoded decoded = Decoded.of(GEMINI, json);

        // Then
        assertThat(((TokenEvent.Failed) decoded.last()).error().getMessage()).isEqualTo("no");
    }

    @Test
    void aRequestToBedrockIsSignedWhereThereIsNoToken() throws Exception {
        // Given
        server.enqueue(new MockResponse.Builder().code(500).build());
        Map<String, String> settings = settings(BEDROCK);
        settings.remove("LOCAL_KEY");
        settings.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        settings.put("AWS_SECRET_ACCESS_KEY", KEY);
        settings.put("AWS_SESSION_TOKEN", "session-token");
        settings.put("AWS_REGION", "eu-central-1");

        // When
        call(settings, "anthropic.claude-v1:0").run();

        // Then
        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/model/anthropic.claude-v1%3A0/converse-stream");
        assertThat(request.getHeaders().get("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                .contains("/eu-central-1/bedrock/aws4_request")
                .contains("SignedHeaders=host;")
                .doesNotContain(KEY);
        assertThat(request.getHeaders().get("Host")).isEqualTo(server.getHostName() + ":" + server.getPort());
        assertThat(SignatureV4.sent(request)).isEqualTo(SignatureV4.expected(request, KEY));
        assertThat(request.getHeaders().get("x-amz-security-token")).isEqualTo("session-token");
        assertThat(request.getHeaders().get("x-amz-date")).isNotNull();
        assertThat(Objects.requireNonNull(request.getBody()).utf8()).startsWith("{\"messages\"");
    }

    @Test
    void anExceptionOfAnyNameEndsTheAnswer() {
        // Given
        Buffer body = new Buffer()
                .write(Frames.event("messageStart", "{\"role\":\"assistant\"}"))
                .write(Frames.exception("brandNewException", "{\"message\":\"new\"}"));

        // When
        Decoded decoded = Decoded.of(BEDROCK, body.readByteArray(), 0);

        // Then
        assertThat(((TokenEvent.Failed) decoded.last()).error().getCode()).isEqualTo("brandNewException");
    }

    private boolean isToolCall(TokenEvent event) {
        return event instanceof TokenEvent.BlockStart start && start.type() == BlockType.TOOL_USE;
    }

    private static Buffer body(String api) throws IOException {
        return new Buffer().write(Everything.body(api));
    }

    private static String mediaType(String api) {
        return Objects.requireNonNull(Apis.named(api)).framing().mediaType();
    }

    private UpstreamCall call(String api) {
        return call(settings(api), "test-model");
    }

    private UpstreamCall call(Map<String, String> given, String model) {
        Settings settings = Settings.of(given);
        Providers providers = Providers.from(settings);
        settings.check();
        return providers
                .named("local")
                .orElseThrow()
                .prepare(
                        Jobs.of(List.of(), List.of(Jobs.message("user", Jobs.text("hi"))), it -> it.setModel(model)),
                        "run-1",
                        events::add);
    }

    private Map<String, String> settings(String api) {
        Map<String, String> settings = new HashMap<>();
        settings.put("providers", "local");
        settings.put("provider.local.api", api);
        settings.put("provider.local.base-url", server.url("/").toString());
        settings.put("provider.local.key-variable", "LOCAL_KEY");
        settings.put("LOCAL_KEY", KEY);
        return settings;
    }

    private ErrorInfo error() {
        return ((TokenEvent.Failed) events.getLast()).error();
    }
}

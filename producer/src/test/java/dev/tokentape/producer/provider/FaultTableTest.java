package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.provider.http.Providers;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way a stream can go wrong, at every API: one error, which says how far the answer had come. */
@Timeout(60)
class FaultTableTest {

    private static final List<String> APIS = List.of(
            "openai-chat-completions",
            "openai-responses",
            "anthropic-messages",
            "bedrock-converse-stream",
            "gemini-generate-content",
            "ollama-native");

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Simulator.start(SimulatorConfig.defaults()
                .withTimeToFirstToken(0)
                .withTokensPerSecond(0)
                .withTokens(40, 40));
    }

    @AfterAll
    static void stop() {
        simulator.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "stall@0,          BEFORE_OUTPUT, upstream_timeout, true",
        "stall@9,          MID_STREAM,    upstream_timeout, true",
        "truncate@0,       TRUNCATED,     upstream_truncated, true",
        "truncate@9,       TRUNCATED,     upstream_truncated, true",
        "cut@9,            TRUNCATED,     upstream_truncated, true",
        "reset@9,          TRUNCATED,     upstream_truncated, true",
        "malformed@9,      PARSE,         malformed_event, false",
        "oversize@9=70000, PARSE,         event_too_large, false",
        "slow-headers=900, BEFORE_OUTPUT, upstream_timeout, true",
    })
    void aBrokenStreamEndsInOneErrorWithItsPhase(String fault, String phase, String code, boolean retryable)
            throws Exception {
        for (String api : APIS) {
            // When
            List<TokenEvent> events = answer(api, "sim?fault=" + fault);

            // Then
            ErrorInfo error = onlyError(api, events);
            assertThat(error.getPhase().name()).as(api).isEqualTo(phase);
            assertThat(error.getCode()).as(api).isEqualTo(code);
            assertThat(error.getRetryable()).as(api).isEqualTo(retryable);
            assertThat(error.getMessage()).as(api).isNotBlank();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"error@0,BEFORE_OUTPUT", "error@9,MID_STREAM"})
    void anErrorInTheStreamKeepsTheProvidersWordAndSaysHowFarItCame(String fault, String phase) throws Exception {
        for (String api : APIS) {
            // When
            List<TokenEvent> events = answer(api, "sim?fault=" + fault);

            // Then
            ErrorInfo error = onlyError(api, events);
            assertThat(error.getPhase().name()).as(api).isEqualTo(phase);
            assertThat(error.getCode()).as(api).isNotBlank();
            assertThat(error.getHttpStatus()).as(api).isNull();
        }
    }

    @ParameterizedTest(name = "HTTP {0}")
    @CsvSource({
        "400,false",
        "401,false",
        "403,false",
        "404,false",
        "429,true",
        "500,true",
        "502,true",
        "503,true",
        "504,true",
        "529,true"
    })
    void aRefusalIsAnErrorBeforeTheOutputWithItsStatus(int status, boolean retryable) throws Exception {
        for (String api : APIS) {
            // When
            List<TokenEvent> events = answer(api, "sim?fault=http-error=" + status);

            // Then
            ErrorInfo error = onlyError(api, events);
            assertThat(events).as(api).hasSize(1);
            assertThat(error.getPhase().name()).as(api).isEqualTo("BEFORE_OUTPUT");
            assertThat(error.getHttpStatus()).as(api).isEqualTo(status);
            assertThat(error.getRetryable()).as(api).isEqualTo(retryable);
        }
    }

    @Test
    void aLimitOfAnthropicsThatDoesNotSayHowLongItLastsIsOneOfMoneyAndDoesNotPass() throws Exception {
        // When
        ErrorInfo withTime = onlyError("", answer("anthropic-messages", "sim?fault=http-error=429&retry-after=3"));
        ErrorInfo without = onlyError("", answer("anthropic-messages", "sim?fault=http-error=429&retry-after=none"));
        ErrorInfo others =
                onlyError("", answer("openai-chat-completions", "sim?fault=http-error=429&retry-after=none"));

        // Then
        assertThat(withTime.getRetryable()).isTrue();
        assertThat(without.getRetryable()).isFalse();
        assertThat(others.getRetryable()).isTrue();
    }

    @Test
    void anAnswerLongerThanAllowedIsRefusedAtItsBound() throws Exception {
        for (String api : APIS) {
            // When
            List<TokenEvent> events = answer(api, "sim?tokens=400");

            // Then
            assertThat(onlyError(api, events).getCode()).as(api).isEqualTo("answer_too_long");
        }
    }

    private static List<TokenEvent> answer(String api, String model) throws InterruptedException {
        boolean silent = model.contains("stall") || model.contains("slow-headers");
        String patience = silent ? "300ms" : "20s";
        List<TokenEvent> events = new ArrayList<>();
        GenerationJob job = Jobs.of(
                List.of(), List.of(Jobs.message("user", Jobs.text("Hello"))), request -> request.setModel(model));
        Settings settings = Settings.of(Map.of(
                "providers",
                "p",
                "provider.p.api",
                api,
                "provider.p.base-url",
                simulator.baseUrl(),
                "provider.p.region",
                "eu-central-1",
                "provider.p.first-byte-timeout",
                patience,
                "provider.p.between-tokens-timeout",
                patience,
                "provider.p.max-event-bytes",
                "60000",
                "provider.p.max-answer-characters",
                "1000"));
        try (Providers providers = Providers.from(settings)) {
            settings.check();
            providers
                    .named("p")
                    .orElseThrow()
                    .prepare(job, "run-1", events::add, new Cancellation())
                    .run();
        }
        return events;
    }

    private static ErrorInfo onlyError(String api, List<TokenEvent> events) {
        assertThat(events.stream().filter(TokenEvent::isTerminal)).as(api).hasSize(1);
        assertThat(events.getLast()).as(api).isInstanceOf(TokenEvent.Failed.class);
        return ((TokenEvent.Failed) events.getLast()).error();
    }
}

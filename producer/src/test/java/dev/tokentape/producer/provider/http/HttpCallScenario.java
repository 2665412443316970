package dev.tokentape.producer.provider.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.Jobs;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** One call to a server that follows a script. */
@Timeout(30)
abstract class HttpCallScenario {

    static final String HELLO = """
            data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}]}

            """;
    static final String END = """
            data: {"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: [DONE]

            """;

    final List<TokenEvent> events = Collections.synchronizedList(new ArrayList<>());
    final Cancellation cancellation = new Cancellation();
    final Semaphore room = new Semaphore(Integer.MAX_VALUE);
    final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();

    @Nullable
    ScriptedServer server;

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    /** Bytes the server could send until nobody took more. */
    long stalledAt() {
        AtomicReference<Long> before = new AtomicReference<>(-1L);
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long now = requireServer().sentBytes();
            return now > 0 && before.getAndSet(now) == now;
        });
        return requireServer().sentBytes();
    }

    UpstreamCall callTo(ScriptedServer.Script script, String... settings) throws IOException {
        server = new ScriptedServer(script);
        Map<String, String> more = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            more.put(settings[i], settings[i + 1]);
        }
        return call(requireServer().url(), more);
    }

    UpstreamCall call(String url, Map<String, String> settings) {
        Map<String, String> given = new HashMap<>();
        given.put("providers", "local");
        given.put("provider.local.api", "openai-chat-completions");
        given.put("provider.local.base-url", url);
        settings.forEach((key, value) -> given.put("provider.local." + key, value));
        Settings read = Settings.of(given);
        Providers providers = Providers.from(read);
        read.check();
        return providers
                .named("local")
                .orElseThrow()
                .prepare(
                        Jobs.asking("Say hello."),
                        "run-1",
                        event -> {
                            room.acquire();
                            events.add(event);
                        },
                        cancellation);
    }

    Thread start(UpstreamCall call) {
        return Thread.ofVirtual().start(() -> {
            try {
                call.run();
            } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
    }

    ErrorInfo onlyError() {
        assertThat(events).hasSize(1);
        return error();
    }

    ErrorInfo error() {
        assertThat(events.getLast()).isInstanceOf(TokenEvent.Failed.class);
        return ((TokenEvent.Failed) events.getLast()).error();
    }

    TokenEvent.Cancelled cancelled() {
        assertThat(events.getLast()).isInstanceOf(TokenEvent.Cancelled.class);
        return (TokenEvent.Cancelled) events.getLast();
    }

    ScriptedServer requireServer() {
        return Objects.requireNonNull(server);
    }
}

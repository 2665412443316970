package dev.tokentape.processor.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tokentape.processor.fold.ModerationQuestion;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.moderation.rules.JudgePolicy;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.codec.TrustedClasses;
import dev.tokentape.schemas.event.TokenEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JudgeTest {

    static {
        TrustedClasses.ensure();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CALM =
            "{\"results\":[{\"flagged\":false,\"categories\":{\"hate\":false},\"category_scores\":{\"hate\":0.3}}]}";
    private static final String FLAGGED =
            "{\"results\":[{\"flagged\":true,\"categories\":{\"hate\":true},\"category_scores\":{\"hate\":0.9}}]}";

    private final Queue<TokenEvent.VerdictReached> verdicts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile String reply = CALM;
    private volatile boolean silent;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    private @Nullable Judge judge;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/moderations", exchange -> {
            calls.incrementAndGet();
            byte[] body = reply.getBytes(StandardCharsets.UTF_8);
            if (silent) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            try (exchange) {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            } catch (IOException e) {
                if (!silent) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        if (judge != null) {
            judge.close();
        }
        server.stop(0);
    }

    private Judge judge(Duration timeout, int maxConcurrent, int maxWaiting, boolean there) {
        URI url = there ? URI.create("http://127.0.0.1:" + server.getAddress().getPort()) : null;
        Judge made = new Judge(
                new JudgeSettings(url, null, "m", timeout, maxConcurrent, maxWaiting, 2, Duration.ofHours(1)),
                (verdict, _) -> verdicts.add(verdict),
                new SimpleMeterRegistry());
        judge = made;
        return made;
    }

    private static ModerationQuestion question(long number, String tier2) {
        var rules = RuleFile.parse("tier2: " + tier2);
        JudgePolicy policy = Objects.requireNonNull(rules.judge());
        return new ModerationQuestion(
                new ResponseKey("c", "r"), 1, number, 0, 0, 0, 4, "text", policy, rules.version());
    }

    private Verdict verdict(int index) {
        await().atMost(PATIENCE).until(() -> verdicts.size() > index);
        return verdicts.stream().skip(index).findFirst().orElseThrow().verdict();
    }

    @Test
    void whatTheServiceFlagsIsObjectedTo() {
        // Given
        reply = FLAGGED;

        // When
        judge(PATIENCE, 4, 4, true).ask(question(7, "{}"), 0);

        // Then
        assertThat(verdict(0).getAction()).isEqualTo("object");
        assertThat(verdict(0).getCategory()).isEqualTo("hate");
        assertThat(verdicts.element().envelope().sequence()).isEqualTo(7);
    }

    @Test
    void thresholdsCountInsteadOfTheServicesOwn() {
        // When
        Judge asked = judge(PATIENCE, 4, 4, true);
        asked.ask(question(0, "{thresholds: {hate: 0.2}}"), 0);

        // Then
        assertThat(verdict(0).getAction()).isEqualTo("object");

        // When it scores below
        asked.ask(question(1, "{thresholds: {hate: 0.4}}"), 0);

        // Then
        assertThat(verdict(1).getAction()).isEqualTo("pass");

        // When there is no such score
        asked.ask(question(2, "{thresholds: {mischief: 0.4}}"), 0);

        // Then
        assertThat(verdict(2).getAction()).isEqualTo("unavailable");
    }

    @Test
    void aSilentServiceIsATimeOutAndTheThreadThatAskedNeverWaits() {
        // Given
        silent = true;

        // When
        judge(Duration.ofMillis(200), 4, 4, true).ask(question(0, "{}"), 0);

        // Then
        assertThat(verdict(0).getAction()).isEqualTo("unavailable");
        assertThat(verdict(0).getCategory()).isEqualTo("timeout");
    }

    @Test
    void aServiceThatFailsIsLeftAlone() {
        // Given
        status = 500;
        Judge asked = judge(PATIENCE, 1, 4, true);
        asked.ask(question(0, "{}"), 0);
        assertThat(verdict(0).getCategory()).isEqualTo("http_500");
        asked.ask(question(1, "{}"), 0);
        assertThat(verdict(1).getCategory()).isEqualTo("http_500");

        // When
        asked.ask(question(2, "{}"), 0);

        // Then
        assertThat(verdict(2).getCategory()).isEqualTo("circuit_open");
        assertThat(calls).hasValue(2);
    }

    @Test
    void moreThanMayWaitGoesUnjudgedAtOnce() {
        // Given
        silent = true;
        Judge asked = judge(PATIENCE, 1, 0, true);
        asked.ask(question(0, "{}"), 0);
        await().atMost(PATIENCE).until(() -> calls.get() == 1);

        // When
        asked.ask(question(1, "{}"), 0);

        // Then
        assertThat(verdict(0).getCategory()).isEqualTo("overloaded");
    }

    @Test
    void withoutAServiceNothingIsJudged() {
        // When
        judge(PATIENCE, 4, 4, false).ask(question(0, "{}"), 0);

        // Then
        assertThat(verdict(0).getCategory()).isEqualTo("no_service");
    }

    @Test
    void anOpenQuestionIsNotAskedTwice() {
        // Given
        silent = true;
        Judge asked = judge(PATIENCE, 4, 4, true);
        asked.ask(question(0, "{}"), 0);
        await().atMost(PATIENCE).until(() -> calls.get() == 1);

        // When
        asked.ask(question(0, "{}"), 0);
        silent = false;
        release.countDown();

        // Then
        assertThat(verdict(0).getAction()).isEqualTo("pass");
        assertThat(calls).hasValue(1);
    }
}

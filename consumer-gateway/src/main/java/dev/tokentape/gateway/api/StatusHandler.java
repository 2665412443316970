package dev.tokentape.gateway.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.json.JsonBytes;
import dev.tokentape.gateway.problem.Problem;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** How the gateway is: for load balancers and dashboards. */
final class StatusHandler {

    private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

    private final BooleanSupplier ready;
    private final PrometheusMeterRegistry registry;
    private final Executor elsewhere;

    /** @param elsewhere where figures are gathered, which takes too long for an event loop */
    StatusHandler(BooleanSupplier ready, PrometheusMeterRegistry registry, Executor elsewhere) {
        this.ready = ready;
        this.registry = registry;
        this.elsewhere = elsewhere;
    }

    CompletionStage<HttpAnswer> health(Request request) {
        return CompletableFuture.completedStage(
                HttpAnswer.json(200, JsonBytes.object(json -> json.writeStringField("status", "up"))));
    }

    CompletionStage<HttpAnswer> ready(Request request) {
        return CompletableFuture.completedStage(
                ready.getAsBoolean()
                        ? HttpAnswer.json(200, JsonBytes.object(json -> json.writeStringField("status", "ready")))
                        : HttpAnswer.of(new Problem(
                                        "not-ready",
                                        "The gateway is not ready",
                                        503,
                                        "the gateway is reading the recent tape back from Kafka; ask again soon")
                                .withHeader("Retry-After", "1")));
    }

    CompletionStage<HttpAnswer> metrics(Request request) {
        return CompletableFuture.supplyAsync(
                () -> new HttpAnswer.Whole(200, EXPOSITION, registry.scrape().getBytes(UTF_8)), elsewhere);
    }
}

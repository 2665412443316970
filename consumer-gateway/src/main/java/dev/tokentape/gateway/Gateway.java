package dev.tokentape.gateway;

import dev.tokentape.gateway.api.GatewayApi;
import dev.tokentape.gateway.auth.Guard;
import dev.tokentape.gateway.command.AskReader;
import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.history.History;
import dev.tokentape.gateway.http.ByteBudget;
import dev.tokentape.gateway.http.HttpServer;
import dev.tokentape.gateway.http.Route;
import dev.tokentape.gateway.http.Router;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.lifecycle.CloseStack;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public door: starts and cancels answers, fans events out over WebSocket and SSE, replays. See {@code
 * docs/openapi.yaml} and {@code docs/asyncapi.yaml} for what it speaks.
 */
public final class Gateway implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final Map<String, String> HEADERS_ON_EVERY_ANSWER = Map.of("X-Content-Type-Options", "nosniff");

    private final Tape tape;
    private final CloseStack opened;
    private final List<Route> routes;
    private final HttpServer server;
    private final String host;
    private final String scheme;

    /**
     * What stands behind the door.
     *
     * @param opened what of it is to be closed, after the door is shut
     */
    record Parts(Tape tape, Commands commands, History history, CloseStack opened) {}

    private Gateway(GatewayConfig config, PrometheusMeterRegistry registry, Parts parts) {
        this.tape = parts.tape();
        this.opened = parts.opened();
        this.host = config.server().host();
        this.scheme = config.server().tls() == null ? "http" : "https";
        ExecutorService elsewhere = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tokentape-gateway-work-", 0).factory());
        opened.push("work", elsewhere::shutdown);
        Guard guard = new Guard(config.auth(), elsewhere, Clock.systemUTC());
        ByteBudget bodies = new ByteBudget(config.server().requestMemory());
        this.routes = GatewayApi.routes(
                tape,
                parts.commands(),
                parts.history(),
                new AskReader(config.defaultProvider(), config.defaultModels()),
                config.server(),
                guard,
                bodies,
                registry,
                elsewhere);
        this.server = opened.push(
                "door",
                HttpServer.start(
                        config.server(), new Router(routes), guard, bodies, HEADERS_ON_EVERY_ANSWER, registry));
    }

    /**
     * Starts, and returns once the resume window has been read back and readers may come.
     *
     * @throws RuntimeException saying what is missing: the broker, a topic, the schema registry, a free port
     */
    public static Gateway start(GatewayConfig config, PrometheusMeterRegistry meters) {
        return open(config, meters, GatewayParts.start(config, meters));
    }

    /** Opens the door before these parts, which become the gateway's to close, also when it cannot open. */
    static Gateway open(GatewayConfig config, PrometheusMeterRegistry registry, Parts parts) {
        try {
            Gateway gateway = new Gateway(config, registry, parts);
            log.atInfo().addKeyValue("url", gateway.url()).log("the gateway listens");
            return gateway;
        } catch (RuntimeException e) {
            parts.opened().close();
            throw e;
        }
    }

    /** Whether readers and requests for answers may come. */
    public boolean ready() {
        return server.isListening() && tape.ready();
    }

    /** Where the gateway is, as this machine reaches it. */
    public URI url() {
        String reachable = switch (host) {
            case "0.0.0.0", "::" -> "127.0.0.1";
            default -> host.contains(":") ? "[" + host + "]" : host;
        };
        return URI.create(scheme + "://" + reachable + ":" + server.port());
    }

    List<Route> routes() {
        return routes;
    }

    /** Stops accepting, lets answers be finished, tells streams to come back, then closes all that stands behind. */
    @Override
    public void close() {
        opened.close();
    }
}

package dev.tokentape.simulator;

import dev.tokentape.simulator.answer.Recording;
import dev.tokentape.simulator.api.ApiDialect;
import dev.tokentape.simulator.api.Dialects;
import dev.tokentape.simulator.api.IncomingRequest;
import dev.tokentape.simulator.api.RequestRefused;
import dev.tokentape.simulator.http.HttpFront;
import dev.tokentape.simulator.http.Target;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.ScriptWriter;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A running stand-in for the LLM APIs: listens for HTTP, speaks their wire formats, and remembers its calls. */
public final class Simulator implements AutoCloseable {

    private final SimulatorConfig config;
    private final HttpFront front;

    private Simulator(SimulatorConfig config, HttpFront front) {
        this.config = config;
        this.front = front;
    }

    /**
     * Starts a simulator.
     *
     * @throws IOException if the address is taken or the recording cannot be read
     */
    public static Simulator start(SimulatorConfig config) throws IOException {
        return start(config, InstantSource.system());
    }

    static Simulator start(SimulatorConfig config, InstantSource clock) throws IOException {
        Path replay = config.replay();
        return new Simulator(config, HttpFront.open(config, replay == null ? null : Recording.read(replay), clock));
    }

    /** The port on which it listens. */
    public int port() {
        return front.port();
    }

    /** Its address without a path, for example {@code http://127.0.0.1:8090}. */
    public String baseUrl() {
        String host = config.host();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The calls in the order of their arrival, as they stand now; the oldest are forgotten beyond the log's length. */
    public List<SimulatedCall> calls() {
        return front.calls();
    }

    /**
     * What this simulator answers to a POST of {@code body}; pure, nothing is sent or logged.
     *
     * @throws IllegalArgumentException if no API is served at {@code path}, or the API would refuse the request
     */
    public Script scriptFor(String path, Map<String, String> headers, String body) {
        var target = Target.of(path);
        ApiDialect dialect = Dialects.serving(target.path())
                .orElseThrow(() -> new IllegalArgumentException("no API is served at " + path));
        var lowerCase = new HashMap<String, String>();
        headers.forEach((name, value) -> lowerCase.put(name.toLowerCase(Locale.ROOT), value));
        try {
            var request = new IncomingRequest(
                    target.path(), target.query(), lowerCase, body.getBytes(StandardCharsets.UTF_8));
            return ScriptWriter.scriptFor(dialect.accept(request, config.calls()));
        } catch (RequestRefused refused) {
            throw new IllegalArgumentException("the request would be refused: " + refused.reason(), refused);
        }
    }

    /** Stops listening, closes every connection, and waits until its threads have ended. */
    @Override
    public void close() {
        front.close();
    }
}

package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.settings.CallSettings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What the tests of the dialects share: requests as bytes, scripts by hand, streams as text. */
final class Wire {

    static final AnswerIdentity IDENTITY = new AnswerIdentity(7, 1_700_000_000);

    private Wire() {}

    static IncomingRequest request(String path, String body) {
        return new IncomingRequest(path, Map.of(), Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    static SimulatedRequest read(ApiDialect dialect, String path, String body) throws RequestRefused {
        return dialect.read(request(path, body), CallSettings.DEFAULT);
    }

    /** A script of one choice, for a prompt of nine tokens. */
    static Script script(StopReason stop, Block... blocks) {
        return new Script(List.of(new Choice(List.of(blocks), stop)), 9);
    }

    static byte[] bytes(StreamEncoder encoder, Script script) {
        var bytes = new ByteArrayOutputStream();
        script.steps().forEachRemaining(step -> bytes.writeBytes(encoder.encode(step)));
        return bytes.toByteArray();
    }

    static String stream(ApiDialect dialect, SimulatedRequest request, Script script) {
        return text(bytes(dialect.stream(IDENTITY, request, script), script));
    }

    static String whole(ApiDialect dialect, SimulatedRequest request, Script script) {
        return text(dialect.whole(IDENTITY, request, script));
    }

    static String error(ApiDialect dialect, int status, int retryAfterSeconds) {
        return text(dialect.httpError(IDENTITY, status, null, retryAfterSeconds).body());
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

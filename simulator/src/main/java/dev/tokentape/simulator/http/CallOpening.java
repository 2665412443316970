package dev.tokentape.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.answer.Pace;
import dev.tokentape.simulator.answer.Performance;
import dev.tokentape.simulator.answer.Recording;
import dev.tokentape.simulator.answer.SimulatedAnswer;
import dev.tokentape.simulator.api.AnswerIdentity;
import dev.tokentape.simulator.api.ApiDialect;
import dev.tokentape.simulator.api.Dialects;
import dev.tokentape.simulator.api.ErrorReply;
import dev.tokentape.simulator.api.IncomingRequest;
import dev.tokentape.simulator.api.Moderations;
import dev.tokentape.simulator.api.RequestRefused;
import dev.tokentape.simulator.api.StreamEncoder;
import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.ScriptWriter;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.Fault;
import dev.tokentape.simulator.settings.SettingsReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides how a call is answered: by an error, by a recording, or by a script in the API's dialect. */
final class CallOpening {

    private static final String JSON = "application/json";

    private final FrontState state;
    private final Exchange exchange;
    private final IncomingRequest request;
    private final AnswerIdentity identity;

    CallOpening(FrontState state, Exchange exchange, IncomingRequest request) {
        this.state = state;
        this.exchange = exchange;
        this.request = request;
        this.identity =
                new AnswerIdentity(exchange.entry().id(), state.clock.instant().getEpochSecond());
    }

    void begin() {
        if (request.path().equals(Moderations.PATH)) {
            moderate();
            return;
        }
        Optional<ApiDialect> dialect = Dialects.serving(request.path());
        Recording recording = state.recording;
        String api = dialect.map(ApiDialect::name).orElse(recording == null ? "" : "replay");
        String model = dialect.map(known -> known.modelNamed(request)).orElseGet(request::modelOrEmpty);
        exchange.entry()
                .request(api, SettingsReader.modelName(model), !request.key().isEmpty());
        // Paths of no known API get OpenAI's error shape, the most widely understood.
        var shape = dialect.orElse(Dialects.ALL.getFirst());
        try {
            if (recording != null) {
                checkKey(shape);
                replay(shape, model, recording);
            } else if (dialect.isEmpty()) {
                throw new RequestRefused(404, "The simulator serves no API at " + request.path() + ".");
            } else {
                checkKey(shape);
                script(dialect.get(), dialect.get().accept(request, state.config.calls()));
            }
        } catch (RequestRefused refused) {
            var reply = shape.httpError(identity, refused.status(), refused.reason(), -1);
            exchange.reply(refused.status(), JSON, reply, Outcome.REFUSED);
        }
    }

    /** The same latency and faults as for answers; what needs a stream to go wrong does not happen here. */
    private void moderate() {
        ApiDialect shape = Dialects.ALL.getFirst();
        String model = request.modelOrEmpty();
        exchange.entry()
                .request(
                        Moderations.API,
                        SettingsReader.modelName(model),
                        !request.key().isEmpty());
        try {
            checkKey(shape);
            CallSettings settings = request.settingsForReplay(state.config.calls(), model);
            ErrorReply reply = Moderations.answer(request, identity, state.config.flaggedWords());
            exchange.entry().understood(false, 0);
            Fault httpFault = httpFault(settings, Moderations.API);
            int wait = slowHeadersMillis(settings) + settings.timeToFirstTokenMillis();
            exchange.after(wait, () -> {
                if (httpFault != null) {
                    fail(shape, settings, httpFault);
                } else {
                    exchange.reply(200, JSON, reply, Outcome.COMPLETED);
                }
            });
        } catch (RequestRefused refused) {
            var reply = shape.httpError(identity, refused.status(), refused.reason(), -1);
            exchange.reply(refused.status(), JSON, reply, Outcome.REFUSED);
        }
    }

    private void checkKey(ApiDialect dialect) throws RequestRefused {
        String required = state.config.requiredKey();
        String given = request.key();
        boolean fits = required == null
                || (required.equals("*") ? !given.isEmpty() : MessageDigest.isEqual(utf8(required), utf8(given)));
        if (!fits) {
            throw dialect.unauthorized(!given.isEmpty());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void replay(ApiDialect dialect, String model, Recording recording) throws RequestRefused {
        CallSettings settings = request.settingsForReplay(state.config.calls(), model);
        for (Fault fault : settings.faults()) {
            if (fault instanceof Fault.ErrorEvent
                    || fault instanceof Fault.Malformed
                    || fault instanceof Fault.Oversize) {
                throw new RequestRefused(
                        400,
                        "simulator: fault '" + fault.spelling()
                                + "' needs a scripted answer, but a recording is replayed");
            }
        }
        exchange.entry().understood(true, messagesOrZero());
        Fault httpFault = httpFault(settings, request.path());
        exchange.after(slowHeadersMillis(settings), () -> {
            if (httpFault != null) {
                fail(dialect, settings, httpFault);
            } else {
                var performance = new Performance(new SimulatedAnswer.Recorded(recording.events()), settings.faults());
                exchange.play(
                        performance,
                        new Pace(settings, identity.number()),
                        settings.timeToFirstTokenMillis(),
                        recording.contentType(),
                        true,
                        dialect.httpError(identity, 500, null, -1));
            }
        });
    }

    private int messagesOrZero() {
        try {
            JsonNode messages = request.json().path("messages");
            return messages.size();
        } catch (RequestRefused notJson) {
            return 0;
        }
    }

    private void script(ApiDialect asked, SimulatedRequest call) {
        CallSettings settings = call.settings();
        ApiDialect dialect = asked.variation(settings);
        exchange.entry().request(dialect.name(), call.model(), !request.key().isEmpty());
        exchange.entry().understood(call.stream(), call.messages());
        Fault httpFault = httpFault(settings, dialect.name() + "\n" + call.lastUserText());
        exchange.after(slowHeadersMillis(settings), () -> {
            if (httpFault != null) {
                fail(dialect, settings, httpFault);
            } else {
                play(dialect, call);
            }
        });
    }

    private void play(ApiDialect dialect, SimulatedRequest call) {
        Script script = ScriptWriter.scriptFor(call);
        StreamEncoder encoder = dialect.stream(identity, call, script);
        SimulatedAnswer answer = call.stream()
                ? new SimulatedAnswer.Streamed(script, encoder)
                : new SimulatedAnswer.Whole(script, () -> dialect.whole(identity, call, script));
        if (call.stream()) {
            exchange.keepAlive(encoder.keepAlive());
        }
        exchange.play(
                new Performance(answer, call.settings().faults()),
                new Pace(call.settings(), identity.number()),
                call.settings().timeToFirstTokenMillis(),
                call.stream() ? dialect.streamContentType() : JSON,
                call.stream(),
                dialect.httpError(identity, 500, null, -1));
    }

    private @Nullable Fault httpFault(CallSettings settings, String prompt) {
        for (Fault fault : settings.faults()) {
            if (fault instanceof Fault.HttpError
                    || (fault instanceof Fault.FailFirst first && state.failures.failsAgain(prompt, first.calls()))) {
                return fault;
            }
        }
        return null;
    }

    private void fail(ApiDialect dialect, CallSettings settings, Fault fault) {
        int status = switch (fault) {
            case Fault.HttpError error -> error.status();
            case Fault.FailFirst first -> first.status();
            default -> throw new IllegalStateException(fault.spelling() + " is no HTTP error");
        };
        exchange.entry().struckBy(fault);
        boolean retryable = status == 429 || status == 503 || status == 529;
        exchange.reply(
                status,
                JSON,
                dialect.httpError(identity, status, null, retryable ? settings.retryAfterSeconds() : -1),
                Outcome.FAULT);
    }

    private static int slowHeadersMillis(CallSettings settings) {
        int millis = 0;
        for (Fault fault : settings.faults()) {
            if (fault instanceof Fault.SlowHeaders slow) {
                millis = slow.millis();
            }
        }
        return millis;
    }
}

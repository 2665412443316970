package dev.tokentape.producer.provider.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tokentape.schemas.avro.ErrorPhase;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A reducer of events whose data is JSON: parses each once, and makes every way it can be bad one failed answer. */
public abstract class JsonReducer implements Reducer {

    /** Events that only keep the connection open; what they bring along need not be JSON. */
    private static final Set<String> SIGNS_OF_LIFE = Set.of("ping", "keepalive", "keep-alive", "heartbeat");

    protected final Answer answer;

    /** Told in a line of its own, outside the API's events: what follows tells whether the stream breaks off there. */
    private @Nullable UpstreamError errorLine;

    protected JsonReducer(Answer answer) {
        this.answer = answer;
    }

    @Override
    public final void event(@Nullable String name, String data, boolean unterminated) {
        if (answer.ended() || data.isBlank() || name != null && SIGNS_OF_LIFE.contains(name)) {
            return;
        }
        UpstreamError toldBefore = errorLine;
        if (toldBefore != null) {
            answer.fail(toldBefore);
            return;
        }
        if (ERROR_LINE.equals(name)) {
            errorLine = errorOf(data, unterminated);
            return;
        }
        guarded(() -> {
            if (control(data)) {
                return;
            }
            JsonNode event;
            try {
                event = Json.parse(data);
            } catch (JsonProcessingException _) {
                unreadable(name, data, unterminated);
                return;
            }
            // Without server-sent events Gemini lists its chunks, and some gateways list an error.
            JsonNode events = event.isArray()
                    ? event
                    : JsonNodeFactory.instance.arrayNode().add(event);
            for (JsonNode each : events) {
                if (each.isObject()) {
                    reduce(name, each);
                } else {
                    unreadable(name, data, unterminated);
                }
            }
        });
    }

    @Override
    public final void end() {
        UpstreamError told = errorLine;
        if (told != null && !answer.ended()) {
            // The stream ends without its marker, and in the server's own words.
            ErrorPhase phase =
                    answer.progress() == ErrorPhase.MID_STREAM ? ErrorPhase.TRUNCATED : ErrorPhase.BEFORE_OUTPUT;
            answer.fail(phase, told.code(), told.message(), null, told.retryable());
        }
        guarded(this::ended);
    }

    /** The error of such a line; null where the body ended within it. */
    private static @Nullable UpstreamError errorOf(String data, boolean unterminated) {
        try {
            JsonNode told = Json.parse(data);
            if (told.isObject()) {
                UpstreamError error = UpstreamError.inAnyField(told);
                return error == null ? UpstreamError.toldBy(told) : error;
            }
        } catch (JsonProcessingException _) {
            // Plain words.
        }
        return unterminated && data.strip().startsWith("{") ? null : UpstreamError.ofText(data);
    }

    /** Takes an event that is no JSON by design; whether it was one. */
    protected abstract boolean control(String data);

    /** Takes one event, a JSON object. */
    protected abstract void reduce(@Nullable String name, JsonNode event);

    /** The body has ended. */
    protected abstract void ended();

    /** Ends the answer as one whose stream broke off. */
    protected final void truncated() {
        answer.fail(
                ErrorPhase.TRUNCATED,
                "upstream_truncated",
                "The provider's stream ended without its end marker; the answer may be incomplete. Ask again.",
                null,
                true);
    }

    private void unreadable(@Nullable String name, String data, boolean unterminated) {
        if ("error".equals(name)) {
            answer.fail(UpstreamError.ofText(data));
        } else if (!unterminated) {
            answer.fail(
                    ErrorPhase.PARSE,
                    "malformed_event",
                    ("The provider sent an event that is no JSON object (%d characters). Is this the right "
                                    + "API for this address?")
                            .formatted(data.length()),
                    null,
                    false);
        }
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (LimitExceededException e) {
            answer.fail(ErrorPhase.PARSE, e.code(), String.valueOf(e.getMessage()), null, false);
        }
    }
}

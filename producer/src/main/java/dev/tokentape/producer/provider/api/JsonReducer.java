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

    protected JsonReducer(Answer answer) {
        this.answer = answer;
    }

    @Override
    public final void event(@Nullable String name, String data, boolean unterminated) {
        if (answer.ended() || data.isBlank() || name != null && SIGNS_OF_LIFE.contains(name)) {
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
        guarded(this::ended);
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
                    "The provider sent an event that is no JSON object (%d characters). Is this the right API for this address?"
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

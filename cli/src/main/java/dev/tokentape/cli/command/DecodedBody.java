package dev.tokentape.cli.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import dev.tokentape.schemas.json.ResponseJson;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recorded body says, for comparison with what it should say.
 *
 * @param file its name
 * @param events what it was decoded to
 */
record DecodedBody(String file, List<TokenEvent> events) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> FIELDS =
            List.of("text", "thinking", "tool_calls", "stop_reason", "raw_stop_reason", "usage", "error");

    DecodedBody {
        events = List.copyOf(events);
    }

    /** Whether it came to a terminal event. */
    boolean ended() {
        return !events.isEmpty() && events.getLast().isTerminal();
    }

    /** Whether nothing in it was of a stream of that API: all there is to say is that no end came. */
    boolean foreign() {
        return events.stream()
                .allMatch(event -> event instanceof TokenEvent.Failed failed
                        && failed.error().getPhase() == ErrorPhase.TRUNCATED);
    }

    /** One object, in which what the body does not say is null. */
    ObjectNode json(boolean withEvents) throws IOException {
        ResponseAssembler assembler = new ResponseAssembler("decode", "decode");
        events.forEach(assembler::accept);
        JsonNode response = tree(json -> ResponseJson.write(json, assembler.toResponse()));
        ObjectNode result = JSON.createObjectNode().put("file", file);
        FIELDS.forEach(field -> result.set(field, response.get(field)));
        result.put("stop_reason", stopReason());
        result.put("terminal", ended() ? EventJson.typeOf(events.getLast()) : null);
        if (withEvents) {
            var all = result.putArray("events");
            for (TokenEvent event : events) {
                all.add(tree(json -> {
                    json.writeStartObject();
                    EventJson.writeFields(json, event, Envelope.NONE);
                    json.writeEndObject();
                }));
            }
        }
        return result;
    }

    /** ERROR where the provider said that it failed; null where the body breaks off or never gives a reason. */
    private @Nullable String stopReason() {
        return switch (events.isEmpty() ? null : events.getLast()) {
            case TokenEvent.MessageStop stop
            when stop.stopReason() != StopReason.OTHER || stop.rawStopReason() != null ->
                stop.stopReason().name();
            case TokenEvent.Failed failed
            when failed.error().getPhase() == ErrorPhase.MID_STREAM
                    || failed.error().getPhase() == ErrorPhase.BEFORE_OUTPUT -> StopReason.ERROR.name();
            case null, default -> null;
        };
    }

    @FunctionalInterface
    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static JsonNode tree(Writing writing) throws IOException {
        try (TokenBuffer buffer = new TokenBuffer(JSON, false)) {
            writing.to(buffer);
            return JSON.readTree(JSON.writeValueAsBytes(buffer));
        }
    }
}

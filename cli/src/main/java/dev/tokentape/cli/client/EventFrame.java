package dev.tokentape.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One event as the gateway sent it.
 *
 * @param id cursor to go on from after this event; null where a frame carries none
 * @param type e.g. {@code content_block_delta}
 * @param responseId the answer it belongs to; null for frames about the conversation
 * @param attempt which attempt at the answer, from 1; 0 before the first
 * @param sequence number within the answer, from 0; -1 where there is none
 * @param receivedAt when the provider's bytes came, microseconds since 1970 UTC; -1 if unknown
 * @param publishedAt when it was put on {@code llm.tokens}, microseconds since 1970 UTC; -1 if unknown
 * @param elapsedNanos since the request was sent to the provider; -1 if unknown
 * @param readAt when this client had read it, microseconds since 1970 UTC
 * @param json all of it
 */
public record EventFrame(
        @Nullable String id,
        String type,
        @Nullable String responseId,
        int attempt,
        long sequence,
        long receivedAt,
        long publishedAt,
        long elapsedNanos,
        long readAt,
        JsonNode json) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> TERMINAL = Set.of("message_stop", "error", "cancelled");

    /**
     * Reads a frame.
     *
     * @throws IllegalArgumentException if it is not JSON or has no type
     */
    public static EventFrame parse(String text, long readAt) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the gateway sent a frame that is not JSON", e);
        }
        if (!json.hasNonNull("type")) {
            throw new IllegalArgumentException("the gateway sent a frame without a type");
        }
        return new EventFrame(
                textOf(json, "id"),
                json.get("type").asText(),
                textOf(json, "response_id"),
                json.path("attempt").asInt(0),
                json.path("sequence").asLong(-1),
                json.path("received_at_us").asLong(-1),
                json.path("published_at_us").asLong(-1),
                json.path("elapsed_nanos").asLong(-1),
                readAt,
                json);
    }

    /** The wall clock in the unit of the frames' times. */
    public static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Whether it ends its answer. */
    public boolean terminal() {
        return TERMINAL.contains(type);
    }

    /** The piece of answer text of the first choice that it carries; empty if none. */
    public String text() {
        return deltaOf("text");
    }

    /** The piece of thinking of the first choice that it carries; empty if none. */
    public String thinking() {
        return deltaOf("thinking");
    }

    /** Whether it carries a piece of content of any kind. */
    public boolean hasContent() {
        return type.equals("content_block_delta")
                && !json.path("delta").path("text").asText().isEmpty();
    }

    /** Whether it begins an answer that the simulator gives in the place of a provider. */
    public boolean simulated() {
        return type.equals("message_start")
                && json.path("provider_data").path("simulated").asBoolean();
    }

    /** Whether it replaces what was shown of the answer before. */
    public boolean startsOver() {
        return type.equals("message_start") && (attempt > 1 || reason().equals("provider_restarted"));
    }

    /** Why it comes, in the gateway's word; empty where that needs no word. */
    public String reason() {
        return json.path("reason").asText();
    }

    /** How the answer ended, in the one word that all have for it; empty if it does not end here. */
    public String outcome() {
        return json.path("outcome").asText();
    }

    private String deltaOf(String kind) {
        JsonNode delta = json.path("delta");
        return type.equals("content_block_delta")
                        && kind.equals(delta.path("type").asText())
                        && json.path("choice_index").asInt(0) == 0
                ? delta.path("text").asText()
                : "";
    }

    private static @Nullable String textOf(JsonNode json, String field) {
        return json.hasNonNull(field) ? json.get(field).asText() : null;
    }
}

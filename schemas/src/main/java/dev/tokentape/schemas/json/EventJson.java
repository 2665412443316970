package dev.tokentape.schemas.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Outcomes;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes token events as JSON fields into an object that the caller opened and may add fields to. */
public final class EventJson {

    private EventJson() {}

    /**
     * The fields of an event.
     *
     * @param publishedAt when it was put on its topic, microseconds since 1970 UTC; {@link Envelope#NONE} if it was not
     */
    public static void writeFields(JsonGenerator json, TokenEvent event, long publishedAt) throws IOException {
        json.writeStringField("type", typeOf(event));
        writeEnvelope(json, event, publishedAt);
        switch (event) {
            case TokenEvent.UserMessage e -> {
                json.writeStringField("role", e.role());
                json.writeStringField("text", e.text());
                optional(json, "tool_call_id", e.toolCallId());
            }
            case TokenEvent.MessageStart e -> {
                json.writeStringField("role", e.role());
                optional(json, "upstream_id", e.upstreamId());
                optional(json, "served_model", e.servedModel());
                writeUsage(json, e.usage());
                raw(json, "provider_data", e.providerData());
                optional(json, "reason", e.reason());
                if (e.verdict() != null) {
                    writeVerdict(json, "verdict", e.verdict());
                }
            }
            case TokenEvent.BlockStart e -> {
                json.writeObjectFieldStart("block");
                json.writeStringField("type", Words.of(e.type()));
                optional(json, "tool_call_id", e.toolCallId());
                optional(json, "tool_name", e.toolName());
                optional(json, "media_type", e.mediaType());
                optional(json, "text", e.text());
                json.writeEndObject();
                raw(json, "provider_data", e.providerData());
            }
            case TokenEvent.BlockDelta e -> {
                json.writeObjectFieldStart("delta");
                json.writeStringField("type", Words.of(e.type()));
                json.writeStringField("text", e.text());
                json.writeEndObject();
                raw(json, "provider_data", e.providerData());
            }
            case TokenEvent.MessageDelta e -> {
                optional(
                        json,
                        "stop_reason",
                        e.stopReason() == null ? null : e.stopReason().name());
                optional(json, "raw_stop_reason", e.rawStopReason());
                optional(json, "stop_sequence", e.stopSequence());
                optional(json, "served_model", e.servedModel());
                writeUsage(json, e.usage());
                raw(json, "provider_data", e.providerData());
            }
            case TokenEvent.MessageStop e -> {
                json.writeStringField("stop_reason", e.stopReason().name());
                optional(json, "raw_stop_reason", e.rawStopReason());
                optional(json, "stop_sequence", e.stopSequence());
                writeUsage(json, e.usage());
                raw(json, "provider_data", e.providerData());
            }
            case TokenEvent.Failed e -> {
                writeError(json, e.error());
                writeUsage(json, e.usage());
            }
            case TokenEvent.Cancelled e -> {
                json.writeStringField("reason", e.reason());
                json.writeStringField("billing_stops", e.billingStops());
                writeUsage(json, e.usage());
            }
            case TokenEvent.Moderated e -> writeVerdict(json, "verdict", e.verdict());
            case TokenEvent.VerdictReached e -> writeVerdict(json, "verdict", e.verdict());
            case TokenEvent.AttemptLost e -> json.writeStringField("reason", e.reason());
            case TokenEvent.BlockStop _,
                    TokenEvent.ConversationDeleted _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.Wake _ -> {}
        }
        ResponseOutcome outcome = Outcomes.of(event);
        if (outcome != null) {
            json.writeStringField("outcome", Words.of(outcome));
        }
    }

    /** The event's name outside, e.g. {@code content_block_delta}. */
    public static String typeOf(TokenEvent event) {
        return switch (event) {
            case TokenEvent.UserMessage _ -> "user_message";
            case TokenEvent.MessageStart _ -> "message_start";
            case TokenEvent.BlockStart _ -> "content_block_start";
            case TokenEvent.BlockDelta _ -> "content_block_delta";
            case TokenEvent.BlockStop _ -> "content_block_stop";
            case TokenEvent.MessageDelta _ -> "message_delta";
            case TokenEvent.MessageStop _ -> "message_stop";
            case TokenEvent.Failed _ -> "error";
            case TokenEvent.Cancelled _ -> "cancelled";
            case TokenEvent.Moderated _ -> "moderation";
            case TokenEvent.ConversationDeleted _ -> "conversation_deleted";
            case TokenEvent.Taken _ -> "taken";
            case TokenEvent.Heartbeat _ -> "heartbeat";
            case TokenEvent.AttemptLost _ -> "attempt_lost";
            case TokenEvent.VerdictReached _ -> "verdict";
            case TokenEvent.Wake _ -> "wake";
        };
    }

    static void writeUsage(JsonGenerator json, @Nullable Usage usage) throws IOException {
        if (usage == null) {
            return;
        }
        json.writeObjectFieldStart("usage");
        optional(json, "input_tokens", usage.getInputTokens());
        optional(json, "output_tokens", usage.getOutputTokens());
        optional(json, "cache_read_input_tokens", usage.getCacheReadInputTokens());
        optional(json, "cache_creation_input_tokens", usage.getCacheCreationInputTokens());
        optional(json, "reasoning_output_tokens", usage.getReasoningOutputTokens());
        json.writeBooleanField("complete", usage.getComplete());
        json.writeEndObject();
    }

    static void writeError(JsonGenerator json, ErrorInfo error) throws IOException {
        json.writeObjectFieldStart("error");
        json.writeStringField("phase", Words.of(error.getPhase()));
        json.writeStringField("code", error.getCode());
        json.writeStringField("message", error.getMessage());
        if (error.getHttpStatus() != null) {
            json.writeNumberField("http_status", error.getHttpStatus());
        }
        json.writeBooleanField("retryable", error.getRetryable());
        json.writeEndObject();
    }

    static void optional(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    static void optional(JsonGenerator json, String name, @Nullable Long value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    static void raw(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeFieldName(name);
            json.writeRawValue(value);
        }
    }

    private static void writeEnvelope(JsonGenerator json, TokenEvent event, long publishedAt) throws IOException {
        Envelope envelope = event.envelope();
        json.writeStringField("conversation_id", envelope.conversationId());
        json.writeStringField("response_id", envelope.responseId());
        json.writeNumberField("attempt", envelope.attempt());
        json.writeNumberField("sequence", envelope.sequence());
        if (envelope.choiceIndex() != 0) {
            json.writeNumberField("choice_index", envelope.choiceIndex());
        }
        if (envelope.blockIndex() != Envelope.NONE) {
            json.writeNumberField("block_index", envelope.blockIndex());
        }
        if (event instanceof TokenEvent.UserMessage || event instanceof TokenEvent.MessageStart) {
            optional(json, "provider", envelope.provider());
            optional(json, "model", envelope.model());
        }
        json.writeNumberField("requested_at_us", envelope.requestedAt());
        json.writeNumberField("received_at_us", envelope.receivedAt());
        if (publishedAt != Envelope.NONE) {
            json.writeNumberField("published_at_us", publishedAt);
        }
        if (envelope.elapsedNanos() != Envelope.NONE) {
            json.writeNumberField("elapsed_nanos", envelope.elapsedNanos());
        }
    }

    private static void writeVerdict(JsonGenerator json, String name, Verdict verdict) throws IOException {
        json.writeFieldName(name);
        writeVerdict(json, verdict);
    }

    static void writeVerdict(JsonGenerator json, Verdict verdict) throws IOException {
        json.writeStartObject();
        json.writeStringField("action", verdict.getAction());
        json.writeStringField("rule_id", verdict.getRuleId());
        json.writeStringField("category", verdict.getCategory());
        optional(json, "rule_set_version", verdict.getRuleSetVersion());
        optional(json, "reason", verdict.getReason());
        json.writeEndObject();
    }
}

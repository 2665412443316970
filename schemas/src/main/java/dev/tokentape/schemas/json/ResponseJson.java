package dev.tokentape.schemas.json;

import static dev.tokentape.schemas.json.EventJson.optional;
import static dev.tokentape.schemas.json.EventJson.raw;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Outcomes;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Writes whole answers as JSON. */
public final class ResponseJson {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private ResponseJson() {}

    /** One answer as one JSON object. */
    public static void write(JsonGenerator json, Response response) throws IOException {
        json.writeStartObject();
        json.writeStringField("conversation_id", response.getConversationId());
        json.writeStringField("response_id", response.getResponseId());
        json.writeStringField("status", Words.of(response.getStatus()));
        ResponseOutcome outcome = Outcomes.of(response);
        optional(json, "outcome", outcome == null ? null : Words.of(outcome));
        json.writeNumberField("attempt", response.getAttempt());
        optional(json, "attempt_reason", response.getAttemptReason());
        optional(json, "provider", response.getProvider());
        optional(json, "model", response.getModel());
        optional(json, "served_model", response.getServedModel());
        if (Boolean.TRUE.equals(response.getSimulated())) {
            json.writeBooleanField("simulated", true);
        }
        optional(json, "upstream_id", response.getUpstreamId());
        writeMessages(json, "prompt", response.getPrompt());
        json.writeStringField("text", response.getText());
        json.writeStringField("thinking", thinking(response));
        writeToolCalls(json, response);
        json.writeArrayFieldStart("blocks");
        for (Block block : response.getBlocks()) {
            writeBlock(json, block);
        }
        json.writeEndArray();
        optional(
                json,
                "stop_reason",
                response.getStopReason() == null
                        ? null
                        : response.getStopReason().name());
        optional(json, "raw_stop_reason", response.getRawStopReason());
        optional(json, "stop_sequence", response.getStopSequence());
        EventJson.writeUsage(json, response.getUsage());
        if (response.getError() != null) {
            EventJson.writeError(json, response.getError());
        }
        optional(json, "cancel_reason", response.getCancelReason());
        optional(json, "billing_stops", response.getBillingStops());
        if (!response.getVerdicts().isEmpty()) {
            json.writeArrayFieldStart("verdicts");
            for (Verdict verdict : response.getVerdicts()) {
                EventJson.writeVerdict(json, verdict);
            }
            json.writeEndArray();
        }
        json.writeStringField("requested_at", response.getRequestedAt().toString());
        optional(
                json,
                "ended_at",
                response.getEndedAt() == null ? null : response.getEndedAt().toString());
        json.writeNumberField("last_sequence", response.getLastSequence());
        optional(json, "continues", response.getContinues());
        optional(json, "retry_of", response.getRetryOf());
        json.writeEndObject();
    }

    /** All thinking of the first choice, joined. */
    public static String thinking(Response response) {
        return response.getBlocks().stream()
                .filter(block -> block.getChoiceIndex() == 0 && block.getType() == BlockType.THINKING)
                .map(Block::getText)
                .collect(Collectors.joining());
    }

    /** The first choice's calls of the client's tools: {@code tool_calls: [{tool_call_id, id, name, arguments}]}. */
    public static void writeToolCalls(JsonGenerator json, Response response) throws IOException {
        json.writeArrayFieldStart("tool_calls");
        for (Block block : response.getBlocks()) {
            if (block.getChoiceIndex() == 0 && block.getType() == BlockType.TOOL_USE) {
                json.writeStartObject();
                optional(json, "tool_call_id", block.getToolCallId());
                // The name that it had here alone; clients read it.
                optional(json, "id", block.getToolCallId());
                optional(json, "name", block.getToolName());
                json.writeFieldName("arguments");
                writeArguments(json, block.getText());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    /** Arguments as JSON where they are JSON, no text as an empty object, and else as the text they are. */
    private static void writeArguments(JsonGenerator json, String arguments) throws IOException {
        if (arguments.isBlank()) {
            json.writeRawValue("{}");
            return;
        }
        try {
            var parsed = JSON.readTree(arguments);
            if (parsed.isMissingNode()) {
                json.writeString(arguments);
            } else {
                JSON.writeTree(json, parsed);
            }
        } catch (JsonProcessingException _) {
            json.writeString(arguments);
        }
    }

    private static void writeBlock(JsonGenerator json, Block block) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", Words.of(block.getType()));
        if (block.getChoiceIndex() != 0) {
            json.writeNumberField("choice_index", block.getChoiceIndex());
        }
        json.writeNumberField("block_index", block.getBlockIndex());
        json.writeStringField("text", block.getText());
        json.writeBooleanField("complete", block.getComplete());
        optional(json, "tool_call_id", block.getToolCallId());
        optional(json, "tool_name", block.getToolName());
        optional(json, "media_type", block.getMediaType());
        optional(json, "signature", block.getSignature());
        writeRawArray(json, "citations", block.getCitations());
        writeRawArray(json, "logprobs", block.getLogprobs());
        raw(json, "provider_data", block.getProviderData());
        json.writeEndObject();
    }

    private static void writeRawArray(JsonGenerator json, String name, List<String> values) throws IOException {
        if (values.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeRawValue(value);
        }
        json.writeEndArray();
    }

    private static void writeMessages(JsonGenerator json, String name, List<Message> messages) throws IOException {
        json.writeArrayFieldStart(name);
        for (Message message : messages) {
            json.writeStartObject();
            json.writeStringField("role", message.getRole());
            json.writeArrayFieldStart("content");
            for (Part part : message.getParts()) {
                writePart(json, part);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writePart(JsonGenerator json, Part part) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", Words.of(part.getType()));
        optional(json, "text", part.getText());
        optional(json, "media_type", part.getMediaType());
        optional(json, "data", part.getData());
        optional(json, "url", part.getUrl());
        optional(json, "tool_call_id", part.getToolCallId());
        optional(json, "tool_name", part.getToolName());
        optional(json, "arguments", part.getArguments());
        if (part.getIsError() != null) {
            json.writeBooleanField("is_error", part.getIsError());
        }
        json.writeEndObject();
    }
}

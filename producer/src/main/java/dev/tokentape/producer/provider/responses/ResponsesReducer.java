package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonReducer;
import dev.tokentape.producer.provider.api.UpstreamError;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Responses stream: output items told by their index, since one gateway gives every event another item id.
 *
 * <p>An {@code error} is held back until {@code response.failed}, which follows it and says the same, or the end of the
 * body. What stopped an answer that is complete follows from its items, since the API does not tell.
 */
public final class ResponsesReducer extends JsonReducer {

    private static final List<String> KEPT = List.of("service_tier", "incomplete_details", "content_filters");

    private OutputItems items;
    private final ObjectNode kept = JsonNodeFactory.instance.objectNode();
    private @Nullable UpstreamError error;
    private @Nullable JsonNode last;

    public ResponsesReducer(Answer answer) {
        super(answer);
        items = new OutputItems(answer);
    }

    @Override
    public boolean whole() {
        return error != null;
    }

    @Override
    protected boolean control(String data) {
        return data.strip().equals("[DONE]");
    }

    @Override
    protected void reduce(@Nullable String name, JsonNode event) {
        if (repeated(event)) {
            return;
        }
        String type = Json.text(event, "type");
        if ("error".equals(name)) {
            type = "error";
        } else if (type == null) {
            boolean whole = "response".equals(Json.text(event, "object"));
            boolean failed = event.has("error") || name == null && UpstreamError.inAnyField(event) != null;
            type = whole ? "response" : failed ? "error" : name;
        }
        switch (type == null ? "" : type) {
            case "response" -> whole(event);
            case "response.created" -> begin(event.path("response"));
            case "response.queued", "response.in_progress" -> start(event.path("response"));
            case "response.output_item.added" -> items.added(event, event.path("item"));
            case "response.output_item.done" -> items.done(event, event.path("item"));
            case "response.completed", "response.incomplete", "response.failed", "response.cancelled" -> {
                JsonNode response = event.path("response");
                start(response);
                finished(response, type == null ? "" : type.substring("response.".length()));
            }
            case "error", "response.error" -> {
                UpstreamError told = UpstreamError.inAnyField(event);
                error = told == null ? UpstreamError.toldBy(event) : told;
            }
            default -> piece(type == null ? "" : type, event);
        }
    }

    @Override
    protected void ended() {
        if (answer.ended()) {
            return;
        }
        if (error != null) {
            answer.fail(error);
        } else {
            truncated();
        }
    }

    /** Whether this is the last event once more. Those of a server that does not count may be alike and yet two. */
    private boolean repeated(JsonNode event) {
        Long sequence = Json.number(event, "sequence_number");
        boolean same = sequence != null && sequence > 0 && event.equals(last);
        last = event;
        return same;
    }

    private void piece(String type, JsonNode event) {
        switch (type) {
            case "response.output_text.delta" -> items.of(event, "message").text(event, "delta");
            case "response.output_text.done" -> items.of(event, "message").text(event, "text");
            case "response.refusal.delta" -> items.of(event, "message").refusal(event, "delta");
            case "response.refusal.done" -> items.of(event, "message").refusal(event, "refusal");
            case "response.output_text.annotation.added" ->
                items.of(event, "message").citation(event, event.path("annotation"));
            case "response.reasoning_summary_text.delta" ->
                items.of(event, "reasoning").summary(event, "delta");
            case "response.reasoning_summary_text.done" ->
                items.of(event, "reasoning").summary(event, "text");
            case "response.reasoning_text.delta" -> items.of(event, "reasoning").reasoning(event, "delta");
            case "response.reasoning_text.done" -> items.of(event, "reasoning").reasoning(event, "text");
            case "response.function_call_arguments.delta" ->
                items.of(event, "function_call").input(event, "delta");
            case "response.function_call_arguments.done" ->
                items.of(event, "function_call").input(event, "arguments");
            case "response.custom_tool_call_input.delta" ->
                items.of(event, "custom_tool_call").input(event, "delta");
            case "response.custom_tool_call_input.done" ->
                items.of(event, "custom_tool_call").input(event, "input");
            case "response.mcp_call_arguments.delta" ->
                items.of(event, "mcp_call").input(event, "delta");
            case "response.mcp_call_arguments.done" ->
                items.of(event, "mcp_call").input(event, "arguments");
            case "response.code_interpreter_call_code.delta" ->
                items.of(event, "code_interpreter_call").code(event, "delta");
            case "response.code_interpreter_call_code.done" ->
                items.of(event, "code_interpreter_call").code(event, "code");
            case "response.image_generation_call.partial_image" ->
                items.of(event, "image_generation_call").partialImage(event);
            case "response.content_part.done" -> items.of(event, "message").part(event, "content_index");
            case "response.reasoning_summary_part.done" ->
                items.of(event, "reasoning").part(event, "summary_index");
            case "response.audio.delta", "response.output_audio.delta" ->
                items.of(event, "message").audio(event);
            case "response.audio.transcript.delta", "response.output_audio_transcript.delta" ->
                items.of(event, "message").text(event, "delta");
            default -> {}
        }
    }

    /** A whole answer in the place of the stream, from a server that does not stream. */
    private void whole(JsonNode response) {
        start(response);
        finished(response, "completed");
    }

    /** The answer's beginning; told again after it has said something, the answer begins again. */
    private void begin(JsonNode response) {
        if (items.all().isEmpty()) {
            start(response);
            return;
        }
        items = new OutputItems(answer);
        kept.removeAll();
        error = null;
        answer.startAgain("assistant", Json.text(response, "id"), Json.text(response, "model"), null, null);
    }

    private void start(JsonNode response) {
        answer.start("assistant", Json.text(response, "id"), Json.text(response, "model"), null);
    }

    private void finished(JsonNode response, String event) {
        items.rest(response.path("output"));
        JsonNode used = response.path("usage");
        if (Json.present(used)) {
            answer.usage(usage(used));
            kept.set("usage", used);
        }
        KEPT.forEach(field -> {
            if (Json.present(response.get(field))) {
                kept.set(field, response.get(field));
            }
        });
        String status = Json.text(response, "status");
        status = status == null ? event : status;
        if (status.equals("failed")) {
            answer.messageDelta(0, StopReason.ERROR, status, null, null, null);
            UpstreamError told = UpstreamError.in(response);
            error = error != null ? error : told;
            answer.fail(
                    error != null
                            ? error
                            : new UpstreamError("upstream_error", "The provider says that the answer failed.", true));
            return;
        }
        items.all().forEach(OutputItem::close);
        String reason = Json.text(response.path("incomplete_details"), "reason");
        answer.stop(
                status.equals("completed") ? reasonOfItems() : reasonOf(reason),
                reason == null ? status : reason,
                null,
                kept.isEmpty() ? null : Json.write(kept));
    }

    private StopReason reasonOfItems() {
        if (items.all().stream().anyMatch(OutputItem::refused)) {
            return StopReason.REFUSAL;
        }
        return waitsForClient() ? StopReason.TOOL_USE : StopReason.END_TURN;
    }

    /** xAI tells its own searches as custom calls: the answer then goes on after them, and waits for nobody. */
    private boolean waitsForClient() {
        boolean message = false;
        for (OutputItem item : items.all().reversed()) {
            if (item.wantsClient() && !(message && item.mayBeServed())) {
                return true;
            }
            message |= item.type().equals("message");
        }
        return false;
    }

    private static StopReason reasonOf(@Nullable String incomplete) {
        return switch (incomplete == null ? "" : incomplete) {
            case "max_output_tokens", "max_tokens" -> StopReason.MAX_TOKENS;
            case "content_filter" -> StopReason.CONTENT_FILTER;
            default -> StopReason.OTHER;
        };
    }

    private static Usage usage(JsonNode told) {
        JsonNode input = told.path("input_tokens_details");
        return Usage.newBuilder()
                .setInputTokens(Json.number(told, "input_tokens"))
                .setOutputTokens(Json.number(told, "output_tokens"))
                .setCacheReadInputTokens(Json.number(input, "cached_tokens"))
                .setCacheCreationInputTokens(Json.number(input, "cache_write_tokens"))
                .setReasoningOutputTokens(Json.number(told.path("output_tokens_details"), "reasoning_tokens"))
                .setComplete(true)
                .build();
    }
}

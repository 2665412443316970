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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Responses stream: output items told by their index, since one gateway gives every event another item id.
 *
 * <p>An {@code error} is held back until {@code response.failed}, which follows it and says the same, or the end of the
 * body. What stopped an answer that is complete follows from its items, since the API does not tell.
 */
public final class ResponsesReducer extends JsonReducer {

    private static final List<String> KEPT = List.of("service_tier", "incomplete_details", "content_filters");

    private final List<OutputItem> items = new ArrayList<>();
    private final Map<Long, OutputItem> byIndex = new HashMap<>();
    private final ObjectNode kept = JsonNodeFactory.instance.objectNode();
    private @Nullable UpstreamError error;
    private @Nullable JsonNode last;

    public ResponsesReducer(Answer answer) {
        super(answer);
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
        if (type == null) {
            boolean whole = "response".equals(Json.text(event, "object"));
            type = whole ? "response" : event.has("error") ? "error" : name;
        }
        switch (type == null ? "" : type) {
            case "response" -> whole(event);
            case "response.created", "response.queued", "response.in_progress" -> start(event.path("response"));
            case "response.output_item.added" -> added(event, event.path("item"));
            case "response.output_item.done" -> {
                JsonNode item = event.path("item");
                OutputItem known = byIndex.get(indexOf(event));
                boolean same =
                        known != null && known.type().equals(item.path("type").asText());
                if (known != null && !same && !known.done() && known.wantsClient() && item.has("results")) {
                    known.served();
                }
                (known != null && same ? known : added(event, item)).done(item);
            }
            case "response.completed", "response.incomplete", "response.failed", "response.cancelled" -> {
                JsonNode response = event.path("response");
                start(response);
                finished(response, type == null ? "" : type.substring("response.".length()));
            }
            case "error", "response.error" -> {
                error = UpstreamError.toldBy(event);
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
            case "response.output_text.delta" -> itemOf(event, "message").text(event, "delta");
            case "response.output_text.done" -> itemOf(event, "message").text(event, "text");
            case "response.refusal.delta" -> itemOf(event, "message").refusal(event, "delta");
            case "response.refusal.done" -> itemOf(event, "message").refusal(event, "refusal");
            case "response.output_text.annotation.added" ->
                itemOf(event, "message").citation(event, event.path("annotation"));
            case "response.reasoning_summary_text.delta" ->
                itemOf(event, "reasoning").summary(event, "delta");
            case "response.reasoning_summary_text.done" ->
                itemOf(event, "reasoning").summary(event, "text");
            case "response.reasoning_text.delta" -> itemOf(event, "reasoning").reasoning(event, "delta");
            case "response.reasoning_text.done" -> itemOf(event, "reasoning").reasoning(event, "text");
            case "response.function_call_arguments.delta" ->
                itemOf(event, "function_call").input(event, "delta");
            case "response.function_call_arguments.done" ->
                itemOf(event, "function_call").input(event, "arguments");
            case "response.custom_tool_call_input.delta" ->
                itemOf(event, "custom_tool_call").input(event, "delta");
            case "response.custom_tool_call_input.done" ->
                itemOf(event, "custom_tool_call").input(event, "input");
            case "response.mcp_call_arguments.delta" ->
                itemOf(event, "mcp_call").input(event, "delta");
            case "response.mcp_call_arguments.done" -> itemOf(event, "mcp_call").input(event, "arguments");
            case "response.code_interpreter_call_code.delta" ->
                itemOf(event, "code_interpreter_call").code(event, "delta");
            case "response.code_interpreter_call_code.done" ->
                itemOf(event, "code_interpreter_call").code(event, "code");
            case "response.image_generation_call.partial_image" ->
                itemOf(event, "image_generation_call").partialImage(event);
            case "response.content_part.done" -> itemOf(event, "message").part(event, "content_index");
            case "response.reasoning_summary_part.done" ->
                itemOf(event, "reasoning").part(event, "summary_index");
            case "response.audio.delta", "response.output_audio.delta" ->
                itemOf(event, "message").audio(event);
            case "response.audio.transcript.delta", "response.output_audio_transcript.delta" ->
                itemOf(event, "message").text(event, "delta");
            default -> {}
        }
    }

    /** A whole answer in the place of the stream, from a server that does not stream. */
    private void whole(JsonNode response) {
        start(response);
        finished(response, "completed");
    }

    private void start(JsonNode response) {
        answer.start("assistant", Json.text(response, "id"), Json.text(response, "model"), null);
    }

    /** Begins an item, unless that was told already. A server that gives every item one index is believed too. */
    private OutputItem added(JsonNode event, JsonNode item) {
        OutputItem known = byIndex.get(indexOf(event));
        if (known != null
                && !known.done()
                && known.type().equals(item.path("type").asText())) {
            return known;
        }
        OutputItem started = begin(item);
        byIndex.put(indexOf(event), started);
        return started;
    }

    private OutputItem begin(JsonNode item) {
        if (items.size() >= answer.limits().blocks()) {
            answer.count(answer.limits().answerCharacters());
        }
        // It is kept until its blocks have begun.
        answer.count(Json.write(item).length());
        OutputItem started = OutputItem.start(answer, item);
        items.add(started);
        return started;
    }

    /** The item of an event: by its index, else the last of its kind; begun by it where the server has not told its start. */
    private OutputItem itemOf(JsonNode event, String type) {
        OutputItem known = byIndex.get(indexOf(event));
        if (!event.has("output_index")) {
            known = items.stream()
                    .filter(item -> item.type().equals(type))
                    .reduce((_, later) -> later)
                    .orElse(null);
        }
        return known != null
                ? known
                : added(event, JsonNodeFactory.instance.objectNode().put("type", type));
    }

    /** What the end tells that was not told before; an item is known by its place among its kind. */
    private void rest(JsonNode output) {
        Map<String, Integer> before = new HashMap<>();
        for (JsonNode item : output) {
            String type = item.path("type").asText();
            int place = before.merge(type, 1, Integer::sum) - 1;
            items.stream()
                    .filter(known -> known.type().equals(type))
                    .skip(place)
                    .findFirst()
                    .orElseGet(() -> begin(item))
                    .done(item);
        }
    }

    private void finished(JsonNode response, String event) {
        rest(response.path("output"));
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
        items.forEach(OutputItem::close);
        String reason = Json.text(response.path("incomplete_details"), "reason");
        answer.stop(
                status.equals("completed") ? reasonOfItems() : reasonOf(reason),
                reason == null ? status : reason,
                null,
                kept.isEmpty() ? null : Json.write(kept));
    }

    private StopReason reasonOfItems() {
        if (items.stream().anyMatch(OutputItem::refused)) {
            return StopReason.REFUSAL;
        }
        return waitsForClient() ? StopReason.TOOL_USE : StopReason.END_TURN;
    }

    /** xAI tells its own searches as custom calls: the answer then goes on after them, and waits for nobody. */
    private boolean waitsForClient() {
        boolean message = false;
        for (OutputItem item : items.reversed()) {
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

    private static long indexOf(JsonNode event) {
        Long index = Json.number(event, "output_index");
        return index == null ? 0 : index;
    }
}

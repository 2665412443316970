package dev.tokentape.producer.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonReducer;
import dev.tokentape.producer.provider.api.UpstreamError;
import dev.tokentape.schemas.avro.StopReason;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an Anthropic Messages stream. Its life cycle is ours; what it adds to ours is kept as the provider's data, and
 * what it may add in future is ignored, but for content, which is kept whole.
 */
public final class MessagesReducer extends JsonReducer {

    /** Fields of a message that our own events carry. */
    private static final Set<String> CARRIED =
            Set.of("id", "type", "role", "model", "content", "usage", "stop_reason", "stop_sequence", "stop_details");

    private final Map<Long, WireBlock> blocks = new HashMap<>();
    private MessagesUsage usage = new MessagesUsage();
    private @Nullable String upstreamId;
    private final ObjectNode kept = JsonNodeFactory.instance.objectNode();
    private @Nullable String stopReason;
    private @Nullable String stopSequence;

    public MessagesReducer(Answer answer) {
        super(answer);
    }

    @Override
    public boolean whole() {
        return false;
    }

    @Override
    protected boolean control(String data) {
        return data.strip().equals("[DONE]");
    }

    @Override
    protected void reduce(@Nullable String name, JsonNode event) {
        String type = Json.text(event, "type");
        if ("error".equals(name)) {
            type = "error";
        } else if (type == null) {
            type = event.has("error") || name == null && UpstreamError.inAnyField(event) != null ? "error" : name;
        }
        switch (type == null ? "" : type) {
            case "message_start" -> messageStart(event.path("message"));
            case "message" -> {
                // A whole answer in the place of the stream.
                if (!answer.started()) {
                    messageStart(event);
                }
                stop();
            }
            case "content_block_start" -> blockStart(event);
            case "content_block_delta" -> blockOf(event, event.path("delta")).add(event.path("delta"));
            case "content_block_stop" -> {
                WireBlock block = blocks.get(indexOf(event));
                if (block != null) {
                    block.stop();
                }
            }
            case "message_delta" -> messageDelta(event);
            case "message_stop" -> stop();
            case "error" -> {
                beforeFailing();
                UpstreamError told = UpstreamError.inAnyField(event);
                answer.fail(told == null ? UpstreamError.toldBy(event) : told);
            }
            default -> {}
        }
    }

    @Override
    protected void ended() {
        if (!answer.ended()) {
            beforeFailing();
            truncated();
        }
    }

    /** The answer's beginning; where it is told again after something was said, the answer begins again. */
    private void messageStart(JsonNode message) {
        String id = Json.text(message, "id");
        boolean again = answer.started();
        if (again && blocks.isEmpty() && Objects.equals(id, upstreamId)) {
            return;
        }
        upstreamId = id;
        if (again) {
            blocks.clear();
            kept.removeAll();
            usage = new MessagesUsage();
            stopReason = null;
            stopSequence = null;
        }
        boolean used = usage.add(message.path("usage"));
        if (used && !again) {
            answer.usage(usage.total());
        }
        String told = Json.text(message, "role");
        String role = told == null ? "assistant" : told;
        if (again) {
            answer.startAgain(role, id, Json.text(message, "model"), beside(message), used ? usage.total() : null);
        } else {
            answer.start(role, id, Json.text(message, "model"), beside(message));
        }
        stopTold(message);
        if (Json.present(message.get("stop_details"))) {
            kept.set("stop_details", message.get("stop_details"));
        }
        // Blocks that are known beforehand, such as results of code that called tools, have no events of their own.
        message.path("content").forEach(content -> start(content).stop());
    }

    /** What a message tells of itself beside its content and its end; null where that is nothing. */
    private static @Nullable String beside(JsonNode message) {
        ObjectNode rest = JsonNodeFactory.instance.objectNode();
        message.properties().forEach(field -> {
            if (!CARRIED.contains(field.getKey()) && Json.present(field.getValue())) {
                rest.set(field.getKey(), field.getValue());
            }
        });
        return rest.isEmpty() ? null : Json.write(rest);
    }

    private void stopTold(JsonNode told) {
        String reason = Json.text(told, "stop_reason");
        stopReason = reason != null ? reason : stopReason;
        String sequence = Json.text(told, "stop_sequence");
        stopSequence = sequence != null ? sequence : stopSequence;
    }

    private void stop() {
        answer.stop(reason(), stopReason, stopSequence, providerData());
    }

    private void blockStart(JsonNode event) {
        JsonNode content = event.path("content_block");
        long index = indexOf(event);
        WireBlock before = blocks.get(index);
        if (before != null && before.untouchedSince(content)) {
            return;
        }
        if (before != null) {
            before.stop();
        }
        blocks.put(index, start(content));
    }

    private WireBlock start(JsonNode content) {
        WireBlock block = WireBlock.start(answer, content);
        String next = Json.text(content.path("to"), "model");
        if (next != null && "fallback".equals(Json.text(content, "type"))) {
            answer.messageDelta(0, null, null, null, next, null);
        }
        return block;
    }

    /** The block of a delta; begun by it where the server has not told its start. */
    private WireBlock blockOf(JsonNode event, JsonNode delta) {
        return blocks.computeIfAbsent(indexOf(event), _ -> WireBlock.start(answer, WireBlock.impliedBy(delta)));
    }

    private void messageDelta(JsonNode event) {
        JsonNode delta = event.path("delta");
        stopTold(delta);
        delta.properties().forEach(field -> {
            if (!field.getKey().startsWith("stop_reason")
                    && !field.getKey().equals("stop_sequence")
                    && Json.present(field.getValue())) {
                // Counted, since nothing else bounds how many such fields may come.
                answer.count(
                        field.getKey().length() + Json.write(field.getValue()).length());
                kept.set(field.getKey(), field.getValue());
            }
        });
        if (Json.present(event.get("context_management"))) {
            kept.set("context_management", event.get("context_management"));
        }
        if (usage.add(event.path("usage"))) {
            answer.usage(usage.total());
        }
    }

    private void beforeFailing() {
        if (stopReason != null) {
            answer.messageDelta(0, reason(), stopReason, stopSequence, null, providerData());
        }
    }

    private @Nullable String providerData() {
        if (usage.raw() != null) {
            kept.set("usage", usage.raw());
        }
        return kept.isEmpty() ? null : Json.write(kept);
    }

    private StopReason reason() {
        return switch (stopReason == null ? "" : stopReason.toLowerCase(Locale.ROOT)) {
            case "end_turn" -> StopReason.END_TURN;
            case "max_tokens" -> StopReason.MAX_TOKENS;
            case "stop_sequence" -> StopReason.STOP_SEQUENCE;
            case "tool_use" -> StopReason.TOOL_USE;
            case "pause_turn" -> StopReason.PAUSE_TURN;
            case "refusal" -> StopReason.REFUSAL;
            case "content_filter", "content_filtered" -> StopReason.CONTENT_FILTER;
            case "model_context_window_exceeded" -> StopReason.CONTEXT_WINDOW_EXCEEDED;
            case "malformed_tool_use" -> StopReason.MALFORMED_TOOL_USE;
            default -> StopReason.OTHER;
        };
    }

    private static long indexOf(JsonNode event) {
        Long index = Json.number(event, "index");
        return index == null ? 0 : index;
    }
}

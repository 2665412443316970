package dev.tokentape.producer.provider.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonReducer;
import dev.tokentape.producer.provider.api.UpstreamError;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ConverseStream. The event's name tells what it is; {@code messageStop} is the answer's end but
 * {@code metadata} follows it with the usage, so the end is held back for that, and stands without it where the body
 * ends first.
 */
public final class ConverseStreamReducer extends JsonReducer {

    private static final List<String> KEPT = List.of("usage", "metrics", "trace", "performanceConfig", "serviceTier");

    private final Map<Long, ConverseBlock> blocks = new HashMap<>();
    private final ObjectNode kept = JsonNodeFactory.instance.objectNode();
    private @Nullable String stopReason;
    private @Nullable String stopSequence;

    public ConverseStreamReducer(Answer answer) {
        super(answer);
    }

    @Override
    public boolean whole() {
        return stopReason != null;
    }

    @Override
    protected boolean control(String data) {
        return false;
    }

    @Override
    protected void reduce(@Nullable String name, JsonNode event) {
        switch (name == null ? "" : name) {
            case "messageStart" -> {
                String told = Json.text(event, "role");
                start(told == null ? "assistant" : told);
            }
            case "contentBlockStart" -> {
                // A start that tells nothing leaves it to the first delta.
                if (Json.present(event.get("start"))) {
                    began(indexOf(event), ConverseBlock.start(answer, event.path("start")));
                }
            }
            case "contentBlockDelta" -> delta(indexOf(event), event.path("delta"));
            case "contentBlockStop" -> {
                ConverseBlock block = blocks.get(indexOf(event));
                if (block != null) {
                    block.stop();
                }
            }
            case "messageStop" -> {
                String reason = Json.text(event, "stopReason");
                stopReason = reason == null ? "unknown" : reason;
                stopSequence = Json.text(event.path("additionalModelResponseFields"), "stop_sequence");
                if (Json.present(event.get("additionalModelResponseFields"))) {
                    kept.set("additionalModelResponseFields", event.get("additionalModelResponseFields"));
                }
            }
            case "metadata" -> metadata(event);
            case "error" -> {
                beforeFailing();
                answer.fail(UpstreamError.toldBy(event));
            }
            default -> {}
        }
    }

    @Override
    protected void ended() {
        if (answer.ended()) {
            return;
        }
        if (stopReason != null) {
            stop();
        } else {
            truncated();
        }
    }

    /** The answer's beginning; where it is told again after something was said, the answer begins again. */
    private void start(String role) {
        if (blocks.isEmpty()) {
            answer.start(role, null, null, null);
            return;
        }
        blocks.clear();
        kept.removeAll();
        stopReason = null;
        stopSequence = null;
        answer.startAgain(role, null, null, null, null);
    }

    private void began(long index, ConverseBlock block) {
        ConverseBlock before = blocks.put(index, block);
        if (before != null) {
            before.stop();
        }
    }

    private void delta(long index, JsonNode delta) {
        ConverseBlock block = blocks.get(index);
        if (block == null || !block.takes(delta)) {
            block = ConverseBlock.impliedBy(answer, delta);
            began(index, block);
        }
        block.add(delta);
    }

    private void metadata(JsonNode event) {
        KEPT.forEach(field -> {
            if (Json.present(event.get(field))) {
                kept.set(field, event.get(field));
            }
        });
        JsonNode usage = event.path("usage");
        if (Json.present(usage)) {
            answer.usage(usage(usage));
        }
        if (stopReason != null) {
            stop();
        }
    }

    private void stop() {
        blocks.values().forEach(ConverseBlock::end);
        answer.stop(reason(), stopReason, stopSequence, kept.isEmpty() ? null : Json.write(kept));
    }

    private void beforeFailing() {
        if (stopReason != null) {
            answer.messageDelta(0, reason(), stopReason, stopSequence, null, null);
        }
    }

    /** The totals: this API counts cached tokens beside the input, we count them into it. */
    private static Usage usage(JsonNode told) {
        Long input = Json.number(told, "inputTokens");
        Long read = Json.number(told, "cacheReadInputTokens");
        Long written = Json.number(told, "cacheWriteInputTokens");
        long cached = (read == null ? 0 : read) + (written == null ? 0 : written);
        return Usage.newBuilder()
                .setInputTokens(input == null ? null : Long.valueOf(input + cached))
                .setOutputTokens(Json.number(told, "outputTokens"))
                .setCacheReadInputTokens(read)
                .setCacheCreationInputTokens(written)
                .setComplete(true)
                .build();
    }

    private StopReason reason() {
        return switch (stopReason == null ? "" : stopReason.toLowerCase(Locale.ROOT)) {
            case "end_turn" -> StopReason.END_TURN;
            case "tool_use" -> StopReason.TOOL_USE;
            case "max_tokens" -> StopReason.MAX_TOKENS;
            case "stop_sequence" -> StopReason.STOP_SEQUENCE;
            case "guardrail_intervened", "content_filtered" -> StopReason.CONTENT_FILTER;
            case "malformed_model_output", "malformed_tool_use" -> StopReason.MALFORMED_TOOL_USE;
            case "model_context_window_exceeded" -> StopReason.CONTEXT_WINDOW_EXCEEDED;
            case "refusal" -> StopReason.REFUSAL;
            case "pause_turn" -> StopReason.PAUSE_TURN;
            default -> StopReason.OTHER;
        };
    }

    private static long indexOf(JsonNode event) {
        Long index = Json.number(event, "contentBlockIndex");
        return index == null ? 0 : index;
    }
}

package dev.tokentape.producer.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.FieldBlocks;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonReducer;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.producer.provider.api.Opening;
import dev.tokentape.producer.provider.api.UpstreamError;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of Ollama's chat and generate answers. Tool calls come whole; since the reason for the end is {@code
 * stop} with them too, it is the calls that tell.
 */
public final class OllamaReducer extends JsonReducer {

    private final FieldBlocks blocks;
    private boolean called;

    public OllamaReducer(Answer answer) {
        super(answer);
        blocks = new FieldBlocks(answer, 0);
    }

    @Override
    public boolean whole() {
        return false;
    }

    @Override
    protected boolean control(String data) {
        return false;
    }

    @Override
    protected void reduce(@Nullable String name, JsonNode line) {
        JsonNode message = line.path("message");
        boolean says = message.isObject() || line.has("response") || line.has("done");
        UpstreamError error = "error".equals(name)
                ? UpstreamError.toldBy(line)
                : says ? UpstreamError.in(line) : UpstreamError.inAnyField(line);
        if (error != null) {
            answer.fail(error);
            return;
        }
        blocks.chunk();
        String role = Json.text(message, "role");
        if (says) {
            answer.start(role == null ? "assistant" : role, null, Json.text(line, "model"), null);
        }
        // A chat's words stand in a message, a completion's beside it; a server that tells both tells them twice.
        String thought = Json.text(message, "thinking");
        add(BlockType.THINKING, DeltaType.THINKING, thought == null ? Json.text(line, "thinking") : thought);
        String text = Json.text(message, "content");
        add(BlockType.TEXT, DeltaType.TEXT, text == null ? Json.text(line, "response") : text);
        JsonNode logprobs = line.get("logprobs");
        if (logprobs != null && Json.present(logprobs)) {
            OpenBlock block = blocks.last();
            add(block == null ? BlockType.TEXT : block.type(), DeltaType.LOGPROBS, Json.write(logprobs));
        }
        message.path("tool_calls").forEach(this::call);
        message.path("images").forEach(this::image);
        image(line.path("image"));
        if (line.path("done").asBoolean(false)) {
            done(line);
        }
    }

    @Override
    protected void ended() {
        if (!answer.ended()) {
            truncated();
        }
    }

    private void add(BlockType type, DeltaType delta, @Nullable String text) {
        if (text != null) {
            answer.delta(blocks.in(type), delta, text);
        }
    }

    private void call(JsonNode call) {
        JsonNode function = call.path("function");
        String name = Json.text(function, "name");
        if (name == null) {
            return;
        }
        called = true;
        blocks.endOther();
        OpenBlock block = answer.open(0, Opening.of(BlockType.TOOL_USE).call(Json.text(call, "id"), name));
        JsonNode arguments = function.path("arguments");
        boolean given = !arguments.isMissingNode() && !arguments.isNull();
        answer.delta(
                block,
                DeltaType.INPUT_JSON,
                arguments.isTextual() ? arguments.textValue() : given ? Json.write(arguments) : "{}");
        answer.close(block);
    }

    private void image(JsonNode data) {
        if (data.isTextual() && Json.present(data)) {
            blocks.end();
            OpenBlock image = answer.open(0, Opening.of(BlockType.IMAGE).media("image/png"));
            answer.delta(image, DeltaType.DATA, data.textValue());
            answer.close(image);
        }
    }

    private void done(JsonNode line) {
        blocks.end();
        Long input = Json.number(line, "prompt_eval_count");
        Long output = Json.number(line, "eval_count");
        if (input != null || output != null) {
            answer.usage(Usage.newBuilder()
                    .setInputTokens(input)
                    .setOutputTokens(output)
                    .setComplete(true)
                    .build());
        }
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        line.properties().forEach(field -> {
            if (field.getKey().endsWith("_duration") || field.getKey().endsWith("_count")) {
                kept.set(field.getKey(), field.getValue());
            }
        });
        String reason = Json.text(line, "done_reason");
        answer.stop(reasonOf(reason), reason, null, kept.isEmpty() ? null : Json.write(kept));
    }

    /** Servers before done_reason told only that the answer is done. */
    private StopReason reasonOf(@Nullable String reason) {
        return switch (reason == null ? "stop" : reason) {
            case "stop", "tool_calls" -> called ? StopReason.TOOL_USE : StopReason.END_TURN;
            case "length" -> StopReason.MAX_TOKENS;
            default -> StopReason.OTHER;
        };
    }
}

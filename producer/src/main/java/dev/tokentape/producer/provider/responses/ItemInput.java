package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.producer.provider.api.ToolInput;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input of one call of a Responses stream, as it arrives: held back while the call's block waits for its name, and
 * watched for its end, so that arguments which break off are not taken for whole.
 */
final class ItemInput {

    /** Fields of a call that its block, its input or its result carries already. */
    static final List<String> CARRIED = List.of(
            "call_id",
            "name",
            "arguments",
            "input",
            "code",
            "status",
            "result",
            "results",
            "outputs",
            "output",
            "error");

    /** What an item tells of a call beside its input, be it no text. */
    static final List<String> BESIDE = List.of("environment", "execution", "created_by");

    private final Answer answer;
    private final boolean free;
    private final ToolInput input;
    private boolean told;
    private boolean codeOpen;

    /** @param free whether the input is text of any form, not JSON */
    ItemInput(Answer answer, boolean free) {
        this.answer = answer;
        this.free = free;
        this.input = new ToolInput(answer);
    }

    /** A piece of the input; the whole of it, told again at the end, counts only where there were no pieces. */
    void text(JsonNode event, String field) {
        String text = Json.text(event, field);
        if (text == null || !field.equals("delta") && (told || codeOpen)) {
            return;
        }
        told = true;
        if (free) {
            input.addText(text);
        } else {
            input.add(text);
        }
    }

    /** Code that the server runs, as the JSON object that its other tools have for input. */
    void code(@Nullable OpenBlock block, JsonNode event, String field) {
        String text = Json.text(event, field);
        if (text == null || block == null || !field.equals("delta") && codeOpen) {
            return;
        }
        String quoted = Json.write(JsonNodeFactory.instance.textNode(text));
        String inside = quoted.substring(1, quoted.length() - 1);
        answer.delta(block, DeltaType.INPUT_JSON, codeOpen ? inside : "{\"code\":\"" + inside);
        codeOpen = true;
    }

    void endCode(@Nullable OpenBlock block) {
        if (block != null && codeOpen) {
            codeOpen = false;
            answer.delta(block, DeltaType.INPUT_JSON, "\"}");
        }
    }

    /** The input of a call whose item is its input: all that is told of it and is carried nowhere else. */
    void whole(@Nullable OpenBlock block, JsonNode whole) {
        if (!whole.isObject()) {
            return;
        }
        ObjectNode fields = whole.deepCopy();
        fields.remove(CARRIED);
        fields.remove(BESIDE);
        fields.remove(List.of("id", "type", "tools"));
        JsonNode only = fields.size() == 1 && fields.path("action").isObject() ? fields.path("action") : fields;
        if (Json.present(whole.get("arguments"))) {
            only = whole.path("arguments");
        }
        if (block != null && Json.present(only)) {
            String text = only.isTextual() ? only.textValue() : Json.write(only);
            input.add(text);
        }
    }

    /** Gives the block what came before it. */
    void release(OpenBlock block) {
        input.begin(block);
    }

    /** Nothing more comes. */
    void end() {
        input.end();
    }

    /** Whether no JSON value is left unfinished. */
    boolean closed() {
        return input.closed();
    }

    /** Whether a whole JSON value has come. */
    boolean complete() {
        return input.closed() && !input.empty();
    }
}

package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorPhase;
import org.jspecify.annotations.Nullable;

/** A function call of a Gemini stream, whose arguments come whole or value by value. */
final class FunctionCall {

    private final Answer answer;
    private final OpenBlock block;
    private final String name;
    private final PartialArguments partial = new PartialArguments();
    private boolean told;

    FunctionCall(Answer answer, OpenBlock block, String name) {
        this.answer = answer;
        this.block = block;
        this.name = name;
    }

    /** Whether a piece that names a function goes on with this one. */
    boolean continues(JsonNode piece) {
        return name.equals(Json.text(piece, "name")) && piece.has("partialArgs");
    }

    /** Takes the next piece; whether it was the last. */
    boolean add(JsonNode piece, @Nullable String signature) {
        if (signature != null) {
            answer.delta(block, DeltaType.SIGNATURE, signature);
        }
        for (JsonNode value : piece.path("partialArgs")) {
            told = true;
            String text = partial.add(value);
            if (text == null) {
                answer.fail(
                        ErrorPhase.PARSE,
                        "malformed_event",
                        "The provider streamed the arguments of %s in an order that makes no JSON.".formatted(name),
                        null,
                        true);
                return true;
            }
            answer.delta(block, DeltaType.INPUT_JSON, text);
        }
        JsonNode arguments = piece.path("args");
        if (!told && Json.present(arguments)) {
            told = true;
            answer.delta(block, DeltaType.INPUT_JSON, Json.write(arguments));
            answer.close(block);
            return true;
        }
        if (piece.path("willContinue").asBoolean(false)) {
            return false;
        }
        answer.delta(block, DeltaType.INPUT_JSON, told ? partial.end() : "{}");
        answer.close(block);
        return true;
    }
}

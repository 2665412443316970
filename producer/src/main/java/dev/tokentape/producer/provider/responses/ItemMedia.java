package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.OpenBlock;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Media in an output item of a Responses stream: images, sound, and what a server's tool found. */
final class ItemMedia {

    private static final List<String> RESULTS = List.of("results", "outputs", "output", "error", "tools");

    private final Answer answer;
    private @Nullable OpenBlock audio;

    ItemMedia(Answer answer) {
        this.answer = answer;
    }

    /** An image on its way, blurred as it still is. */
    void partialImage(JsonNode event) {
        ObjectNode facts = event.deepCopy();
        facts.remove(List.of("partial_image_b64", "type", "sequence_number", "item_id", "output_index"));
        image(Json.text(event, "partial_image_b64"), event, Json.write(facts));
    }

    void audio(JsonNode event) {
        String data = Json.text(event, "delta");
        if (data != null) {
            audio = audio != null ? audio : answer.open(0, BlockType.AUDIO, null, null, "audio/pcm", null, null);
            answer.delta(audio, DeltaType.DATA, data);
        }
    }

    /** What a call brought back. */
    void results(String type, JsonNode whole) {
        image(Json.text(whole, "result"), whole, null);
        if (RESULTS.stream().anyMatch(field -> Json.present(whole.get(field)))) {
            ObjectNode result = JsonNodeFactory.instance.objectNode().put("type", type + "_result");
            RESULTS.forEach(field -> {
                if (Json.present(whole.get(field))) {
                    result.set(field, whole.get(field));
                }
            });
            answer.close(answer.open(
                    0,
                    BlockType.TOOL_RESULT,
                    Json.text(whole, "id"),
                    Json.text(whole, "name"),
                    null,
                    null,
                    Json.write(result)));
        }
    }

    /** Ends the sound, which has no end of its own. */
    void close() {
        answer.close(audio);
    }

    private void image(@Nullable String data, JsonNode told, @Nullable String facts) {
        if (data != null) {
            String format = Json.text(told, "output_format");
            OpenBlock image = answer.open(
                    0, BlockType.IMAGE, null, null, "image/" + (format == null ? "png" : format), null, facts);
            answer.delta(image, DeltaType.DATA, data);
            answer.close(image);
        }
    }
}

package dev.tokentape.producer.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.schemas.avro.Usage;
import org.jspecify.annotations.Nullable;

/** Token counts of a Messages stream: each telling replaces the fields it has, and leaves the others. */
final class MessagesUsage {

    private static final int MOST_FIELDS = 100;

    private final ObjectNode merged = JsonNodeFactory.instance.objectNode();

    /** Whether it told anything. */
    boolean add(JsonNode told) {
        if (!told.isObject() || told.isEmpty()) {
            return false;
        }
        told.properties().forEach(field -> {
            if (!field.getValue().isNull() && (merged.size() < MOST_FIELDS || merged.has(field.getKey()))) {
                merged.set(field.getKey(), field.getValue());
            }
        });
        return true;
    }

    /** All fields as told; null before the first. */
    @Nullable
    JsonNode raw() {
        return merged.isEmpty() ? null : merged;
    }

    /** The totals: this API counts cached tokens beside the input, we count them into it. */
    Usage total() {
        Long input = Json.number(merged, "input_tokens");
        Long read = Json.number(merged, "cache_read_input_tokens");
        Long written = Json.number(merged, "cache_creation_input_tokens");
        Long all = input == null ? null : Long.valueOf(input + zeroIfNone(read) + zeroIfNone(written));
        return Usage.newBuilder()
                .setInputTokens(all)
                .setOutputTokens(Json.number(merged, "output_tokens"))
                .setCacheReadInputTokens(read)
                .setCacheCreationInputTokens(written)
                .setReasoningOutputTokens(Json.number(merged.path("output_tokens_details"), "thinking_tokens"))
                .setComplete(true)
                .build();
    }

    private static long zeroIfNone(@Nullable Long count) {
        return count == null ? 0 : count;
    }
}

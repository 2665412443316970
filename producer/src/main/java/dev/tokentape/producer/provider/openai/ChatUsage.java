package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.schemas.avro.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Token counts of a Chat Completions stream, wherever the server puts them; a later count of both input and output
 * replaces what was told before, one of only some of them adds to it.
 */
final class ChatUsage {

    private @Nullable JsonNode raw;
    private @Nullable Long input;
    private @Nullable Long output;
    private @Nullable Long total;
    private @Nullable Long cacheRead;
    private @Nullable Long cacheWritten;
    private @Nullable Long reasoning;

    /** Takes what this chunk or choice tells; whether it told anything. */
    boolean add(JsonNode around) {
        JsonNode told = around.path("usage");
        if (!told.isObject() || told.isEmpty()) {
            told = around.path("x_groq").path("usage");
        }
        if (!told.isObject() || told.isEmpty()) {
            return false;
        }
        if (isOtherThanBefore(told)) {
            forget();
        }
        raw = told;
        JsonNode inputDetails = told.path("prompt_tokens_details");
        JsonNode outputDetails = told.path("completion_tokens_details");
        input = latest(input, told, "prompt_tokens", "input_tokens");
        output = latest(output, told, "completion_tokens", "output_tokens");
        total = latest(total, told, "total_tokens");
        cacheRead = latest(
                cacheRead,
                told,
                "prompt_cache_hit_tokens",
                "cached_tokens",
                "num_cached_tokens",
                "cache_read_input_tokens");
        cacheRead = latest(cacheRead, told.path("prompt_token_details"), "cached_tokens");
        cacheRead = latest(cacheRead, inputDetails, "cached_tokens");
        cacheWritten = latest(cacheWritten, told, "cache_creation_input_tokens");
        cacheWritten = latest(cacheWritten, inputDetails, "cache_write_tokens", "cache_creation_tokens");
        reasoning = latest(reasoning, told, "reasoning_tokens");
        reasoning = latest(reasoning, outputDetails, "reasoning_tokens");
        return true;
    }

    /** As the last chunk had it; null before the first. */
    @Nullable
    JsonNode raw() {
        return raw;
    }

    /** The totals, reasoning counted into output also for servers that count it beside. */
    Usage total() {
        Long all = output;
        if (input != null && output != null && reasoning != null && total != null) {
            boolean beside = reasoning > 0 && total == input + output + reasoning;
            all = beside ? Long.valueOf(output + reasoning) : output;
        }
        return Usage.newBuilder()
                .setInputTokens(input)
                .setOutputTokens(all)
                .setCacheReadInputTokens(cacheRead)
                .setCacheCreationInputTokens(cacheWritten)
                .setReasoningOutputTokens(reasoning)
                .setComplete(true)
                .build();
    }

    /** Whether both input and output are counted anew: what was told of them before is then of other tokens. */
    private boolean isOtherThanBefore(JsonNode told) {
        Long newInput = latest(null, told, "prompt_tokens", "input_tokens");
        Long newOutput = latest(null, told, "completion_tokens", "output_tokens");
        return newInput != null && newOutput != null && !(newInput.equals(input) && newOutput.equals(output));
    }

    private void forget() {
        input = null;
        output = null;
        total = null;
        cacheRead = null;
        cacheWritten = null;
        reasoning = null;
    }

    private static @Nullable Long latest(@Nullable Long known, JsonNode told, String... names) {
        for (String name : names) {
            Long number = Json.number(told, name);
            if (number != null) {
                return number;
            }
        }
        return known;
    }
}

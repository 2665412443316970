package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.Usage;
import org.jspecify.annotations.Nullable;

/** Counts of tokens, added up; one that was not told counts for nothing, and two of them stay untold. */
public final class UsageSum {

    private UsageSum() {}

    /** What two calls used; not complete where the second has told nothing. */
    public static @Nullable Usage of(@Nullable Usage first, @Nullable Usage second) {
        if (first == null || second == null) {
            return second == null && first != null
                    ? Usage.newBuilder(first).setComplete(false).build()
                    : second;
        }
        return Usage.newBuilder(second)
                .setInputTokens(of(first.getInputTokens(), second.getInputTokens()))
                .setOutputTokens(of(first.getOutputTokens(), second.getOutputTokens()))
                .setCacheReadInputTokens(of(first.getCacheReadInputTokens(), second.getCacheReadInputTokens()))
                .setCacheCreationInputTokens(
                        of(first.getCacheCreationInputTokens(), second.getCacheCreationInputTokens()))
                .setReasoningOutputTokens(of(first.getReasoningOutputTokens(), second.getReasoningOutputTokens()))
                .build();
    }

    public static @Nullable Long of(@Nullable Long one, @Nullable Long other) {
        return one == null ? other : other == null ? one : Long.valueOf(one + other);
    }
}

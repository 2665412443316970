package dev.tokentape.simulator.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Counts the failures still owed to a prompt, for the 10,000 prompts seen last. Safe for all threads. */
final class PromptFailures {

    private static final int MOST_PROMPTS = 10_000;

    private final Map<UUID, Integer> failed = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Integer> eldest) {
            return size() > MOST_PROMPTS;
        }
    };

    /** Whether this call fails too, being among the first {@code calls} with this prompt. */
    synchronized boolean failsAgain(String prompt, int calls) {
        // A digest: prompts may be large, and none is kept.
        UUID digest = UUID.nameUUIDFromBytes(prompt.getBytes(StandardCharsets.UTF_8));
        int before = failed.getOrDefault(digest, 0);
        failed.put(digest, Math.min(before + 1, calls));
        return before < calls;
    }
}

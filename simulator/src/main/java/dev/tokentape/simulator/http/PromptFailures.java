package dev.tokentape.simulator.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the failures still owed to a prompt, for the 10,000 prompts seen last. Safe for all threads. */
final class PromptFailures {

    private static final int MOST_PROMPTS = 10_000;

    private final Map<String, Integer> failed = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST_PROMPTS;
        }
    };

    /** Whether this call fails too, being among the first {@code calls} with this prompt. */
    synchronized boolean failsAgain(String prompt, int calls) {
        int before = failed.getOrDefault(prompt, 0);
        failed.put(prompt, Math.min(before + 1, calls));
        return before < calls;
    }
}

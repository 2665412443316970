package dev.tokentape.simulator.settings;

/** How an answer is to stop, where neither its token limit nor a tool call decides. */
public enum StopSetting {
    END,
    REFUSAL,
    CONTENT_FILTER
}

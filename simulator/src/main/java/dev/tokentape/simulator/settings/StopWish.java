package dev.tokentape.simulator.settings;

/** How an answer is wished to stop, where neither its token limit nor a tool call decides. */
public enum StopWish {
    END,
    REFUSAL,
    CONTENT_FILTER
}

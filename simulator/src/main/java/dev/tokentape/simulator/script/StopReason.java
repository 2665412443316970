package dev.tokentape.simulator.script;

/** Why a choice ended. */
public enum StopReason {
    END_TURN,
    MAX_TOKENS,
    TOOL_USE,
    REFUSAL,
    CONTENT_FILTER
}

package dev.tokentape.simulator.script;

/** Token counts of a call; {@code output} covers all choices and includes {@code thinking}. */
public record TokenCounts(int input, int output, int thinking) {}

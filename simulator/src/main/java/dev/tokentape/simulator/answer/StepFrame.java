package dev.tokentape.simulator.answer;

/**
 * What is sent for one step of an answer.
 *
 * @param bytes wire events, whole ones; empty where a step has none
 * @param token whether it counts as a token
 * @param beat whether the pace waits before it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StepFrame(byte[] bytes, boolean token, boolean beat) {}

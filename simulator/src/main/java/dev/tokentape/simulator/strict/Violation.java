package dev.tokentape.simulator.strict;

/**
 * A rule that a request's body breaks.
 *
 * @param rule the rule's name
 * @param complaint what is wrong, in the vendor's words
 */
public record Violation(String rule, String complaint) {}

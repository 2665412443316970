package dev.tokentape.simulator.strict;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a vendor enforces on request bodies.
 *
 * @param name how {@code docs/strict.md} lists it, for example {@code anthropic.results-follow-calls}
 * @param check what finds bodies that break it
 */
public record VendorRule(String name, Check check) {

    /** Looks at one body. */
    @FunctionalInterface
    public interface Check {

        /** What is wrong, in the vendor's words; null if the rule is kept. */
        @Nullable
        String complaint(Asked asked);
    }
}

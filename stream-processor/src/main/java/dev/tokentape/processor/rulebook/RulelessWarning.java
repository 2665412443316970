package dev.tokentape.processor.rulebook;

import java.time.Duration;

/**
 * When to say that no moderation rules are in force: once, if there are none some time after the start. Never where
 * whoever starts the processor publishes the first rules meanwhile and waits for them: how long that takes is no news.
 */
final class RulelessWarning {

    private final long dueAt;
    private boolean over;

    /** @param rulesAreComing whether somebody is about to publish the first rules, and waits until they are in force */
    RulelessWarning(long now, Duration after, boolean rulesAreComing) {
        this.dueAt = now + after.toNanos();
        this.over = rulesAreComing;
    }

    /** Whether to warn now. @param now in nanoseconds, of the clock that the start was told by */
    boolean due(long now, boolean ruleless) {
        if (over || !ruleless || now - dueAt < 0) {
            return false;
        }
        over = true;
        return true;
    }
}

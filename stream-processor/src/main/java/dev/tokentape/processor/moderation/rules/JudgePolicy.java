package dev.tokentape.processor.moderation.rules;

import java.util.Map;
import java.util.Set;

/**
 * How a rule set has a moderation service judge answers: what of them, when, and what follows. Where the service is, is
 * not said here: that is the installation's.
 *
 * @param id names it in verdicts
 * @param mode whether readers wait for verdicts
 * @param channels what is judged; of prompts the whole at once, before anybody is asked
 * @param holdCharacters so much new text of a block makes a question, at the latest
 * @param holdMillis so much time between the first and the last token of a stretch makes a question; told by the
 *     tokens' own times, so that a replay asks the same
 * @param context characters before the new text that are sent along, so that nothing hides on a border
 * @param maxHold most characters of one answer that wait for verdicts
 * @param failOpen whether text is released when no verdict comes
 * @param action {@link Action.Block} or {@link Action.Flag}
 * @param thresholds the lowest score that counts, by the service's category; empty to leave it to the service
 */
public record JudgePolicy(
        String id,
        Mode mode,
        Set<Channel> channels,
        int holdCharacters,
        int holdMillis,
        int context,
        int maxHold,
        boolean failOpen,
        Action action,
        Map<String, Double> thresholds) {

    /** Whether readers wait for verdicts. */
    public enum Mode {
        /** Text is shown, and a prompt answered, only when a verdict has covered it. */
        GATE,
        /** Text is shown at once; only the end of the answer waits. */
        AUDIT
    }

    public JudgePolicy {
        channels = Set.copyOf(channels);
        thresholds = Map.copyOf(thresholds);
    }
}

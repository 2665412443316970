package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.rules.JudgePolicy;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of an answer that a moderation service is to judge.
 *
 * @param attempt which attempt at the answer
 * @param number of the question within the attempt, from 0
 * @param choice of the block
 * @param block that the text is of
 * @param from where in the block's text the stretch begins, in characters
 * @param to where it ends
 * @param text the stretch, with some text before it so that nothing hides on a border; never to be logged
 * @param policy what counts
 * @param ruleSetVersion of the rules that the policy is of
 */
public record ModerationQuestion(
        ResponseKey key,
        int attempt,
        long number,
        int choice,
        int block,
        long from,
        long to,
        String text,
        JudgePolicy policy,
        String ruleSetVersion) {

    /** What came of a question. */
    public enum Answer {
        /** The text may be shown. */
        PASS,
        /** It may not. */
        OBJECT,
        /** Nobody has judged it. */
        UNAVAILABLE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** A word that is not known judges nothing. */
        static Answer of(Verdict verdict) {
            for (Answer answer : values()) {
                if (answer.word().contentEquals(verdict.getAction())) {
                    return answer;
                }
            }
            return UNAVAILABLE;
        }
    }

    /**
     * The verdict on it, for the journal.
     *
     * @param category of the service, or what kept it from judging
     * @param reason for people; null where the category speaks for itself
     * @param atMicros wall clock, microseconds since 1970 UTC
     */
    public TokenEvent.VerdictReached answered(Answer answer, String category, @Nullable String reason, long atMicros) {
        Envelope envelope = Envelope.ofSystem(key.conversationId(), key.responseId(), attempt, atMicros)
                .withSequence(number)
                .withBlock(choice, block);
        return new TokenEvent.VerdictReached(
                envelope,
                Verdict.newBuilder()
                        .setAction(answer.word())
                        .setRuleId(policy.id())
                        .setCategory(category)
                        .setRuleSetVersion(ruleSetVersion)
                        .setReason(reason)
                        .build());
    }

    /** Without the text. */
    @Override
    public String toString() {
        return "Question[" + key + " attempt=" + attempt + " number=" + number + " block=" + choice + "/" + block
                + " from=" + from + " to=" + to + "]";
    }
}

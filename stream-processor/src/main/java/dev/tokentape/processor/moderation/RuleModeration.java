package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.gate.TextHold;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.JudgePolicy;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges every request and answer by the rule set version that the request was stamped with. A request without a
 * version is not judged; one whose version this processor cannot use is refused.
 */
public final class RuleModeration implements Moderation {

    private final RuleBook book;

    public RuleModeration(RuleBook book) {
        this.book = book;
    }

    @Override
    public @Nullable String versionInForce() {
        return book.current();
    }

    @Override
    public PromptCheck promptCheck() {
        return request -> judged(request).refusal();
    }

    @Override
    public PromptJudgement judged(GenerationRequest request) {
        String version = request.getRuleSetVersion();
        if (version == null) {
            return new PromptJudgement(request, List.of(), null);
        }
        RuleGates rules = book.of(version);
        if (rules == null) {
            return new PromptJudgement(
                    PromptScreen.silent(request), List.of(), unknown(version).verdict());
        }
        return rules.judges(Channel.PROMPT)
                ? new PromptScreen(rules).judged(request)
                : new PromptJudgement(request, List.of(), null);
    }

    @Override
    public HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block) {
        String version = request.getRuleSetVersion();
        if (version == null) {
            return PassThrough.INSTANCE;
        }
        RuleGates rules = book.of(version);
        return rules == null ? new FailsClosed(unknown(version)) : rules.gate(Channel.of(block.type()));
    }

    @Override
    public TextHold textHold(GenerationRequest request, TokenEvent.BlockStart first) {
        String version = request.getRuleSetVersion();
        RuleGates rules = version == null ? null : book.of(version);
        return rules == null ? Moderation.super.textHold(request, first) : rules.textHold(Channel.of(first.type()));
    }

    @Override
    public @Nullable JudgePolicy judge(GenerationRequest request) {
        String version = request.getRuleSetVersion();
        RuleGates rules = version == null ? null : book.of(version);
        return rules == null ? null : rules.ruleSet().judge();
    }

    @Override
    public Screened screened(GenerationRequest request, TokenEvent event, BlockType of, @Nullable String mediaType) {
        String version = request.getRuleSetVersion();
        RuleGates rules = version == null ? null : book.of(version);
        if (rules != null) {
            return new SideDoors(rules).screened(event, of, mediaType);
        }
        // Without a version nothing is judged; one that cannot be used has ended the answer at its request.
        return Screened.whole(event);
    }

    private static Finding unknown(String version) {
        return new Finding(
                "rules-unknown",
                "configuration",
                new Action.Block(),
                version,
                "the rules of this version are none that this processor can use");
    }

    /** Lets nothing through, for want of rules. */
    private static final class FailsClosed implements HoldBack {
        private final Finding why;
        private boolean told;

        FailsClosed(Finding why) {
            this.why = why;
        }

        @Override
        public Released append(String text) {
            return flush();
        }

        @Override
        public Released flush() {
            Released released = told ? Released.NOTHING : new Released("", List.of(why));
            told = true;
            return released;
        }
    }
}

package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.processor.moderation.rules.JudgePolicy;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an answer that a moderation service judges: asks, holds, and takes the verdicts as the journal brings
 * them. A verdict on a question that is not open, whether answered before, of an older attempt or of an ended answer,
 * says nothing.
 */
final class Judging {

    private final OpenResponses open;
    private final Objections objections;
    private final JobDispatch jobs;
    private final long jobDeadlineMicros;

    Judging(OpenResponses open, Objections objections, JobDispatch jobs, FoldLimits limits) {
        this.open = open;
        this.objections = objections;
        this.jobs = jobs;
        this.jobDeadlineMicros = limits.jobDeadlineMicros();
    }

    /** Hands out the job of a prompt that is whole, or has it wait for the verdict on it. */
    void handOut(ResponseStep at) {
        ask(at);
        if (at.response.line().isWaiting()) {
            at.response.life.hold(at.time() + FoldLimits.VERDICT_PATIENCE_MICROS);
        } else {
            dispatch(at);
        }
    }

    private void dispatch(ResponseStep at) {
        if (!(at.response.state() instanceof RunState.Queued)) {
            at.response.life.queue(at.time() + jobDeadlineMicros);
        }
        jobs.dispatch(at);
    }

    /** To be called behind whatever may have brought new text. */
    void proceed(ResponseStep at) {
        if (at.response.line().isOverfull()) {
            unjudged(at, "held_too_long");
        } else {
            ask(at);
        }
    }

    /**
     * Ends an answer with its run's last word, as soon as all of it is judged.
     *
     * @param lastWord the run's terminal event
     */
    void end(ResponseStep at, TokenEvent lastWord) {
        OpenResponse response = at.response;
        response.line().close();
        if (response.line().isClear()) {
            at.end(lastWord);
        } else {
            response.life.awaitVerdicts(lastWord, at.time() + FoldLimits.VERDICT_PATIENCE_MICROS);
            proceed(at);
        }
    }

    void verdict(FoldStep step, ResponseKey key, TokenEvent.VerdictReached reached) {
        ResponseStep at = open.at(step, key);
        long number = reached.envelope().sequence();
        if (at == null
                || reached.envelope().attempt() != at.response.attempt()
                || !at.response.line().awaits(number)) {
            return;
        }
        Verdict verdict = reached.verdict();
        switch (ModerationQuestion.Answer.of(verdict)) {
            case PASS -> settle(at, number);
            case UNAVAILABLE -> {
                if (failsOpen(at.response)) {
                    settle(at, number);
                    sayUnjudged(at, verdict.getCategory());
                } else {
                    object(at, verdict, new Action.Block());
                }
            }
            case OBJECT -> {
                JudgePolicy policy = at.response.line().policy();
                if (policy != null && policy.action() instanceof Action.Flag flag) {
                    settle(at, number);
                    say(at, finding(verdict, flag));
                } else {
                    object(at, verdict, new Action.Block());
                }
            }
        }
        if (at.isOpen()) {
            ask(at);
            finish(at);
        }
    }

    /** The watch's report on an answer whose verdicts do not come; void before their time. */
    void expire(FoldStep step, ResponseKey key) {
        ResponseStep at = open.at(step, key);
        if (at != null && step.time() >= deadline(at.response)) {
            unjudged(at, "verdict_missing");
        }
    }

    /** Tells every question that has no verdict. */
    void openQuestions(Consumer<ModerationQuestion> asker) {
        open.forEach(response -> response.line().open().forEach(asker));
    }

    private static long deadline(OpenResponse response) {
        return switch (response.state()) {
            case RunState.Held(long deadline) -> deadline;
            case RunState.Judged(TokenEvent _, long deadline) -> deadline;
            case RunState.Awaiting _, RunState.Queued _, RunState.Running _, RunState.Cancelling _ -> Long.MAX_VALUE;
        };
    }

    private static void ask(ResponseStep at) {
        at.response.line().ask(at.response.attempt()).forEach(question -> at.say(new FoldOutcome.Ask(question)));
    }

    private static void settle(ResponseStep at, long number) {
        at.response.line().settle(number);
        drain(at);
    }

    private static void drain(ResponseStep at) {
        JudgedLine line = at.response.line();
        for (TokenEvent event = line.next(); event != null; event = line.next()) {
            at.show(event);
        }
    }

    /** Nobody has judged what waits, and nobody will. */
    private void unjudged(ResponseStep at, String why) {
        OpenResponse response = at.response;
        if (failsOpen(response)) {
            response.line().settleAll();
            drain(at);
            sayUnjudged(at, why);
            finish(at);
        } else {
            JudgePolicy policy = response.line().policy();
            Verdict verdict = Verdict.newBuilder()
                    .setAction(ModerationQuestion.Answer.UNAVAILABLE.word())
                    .setRuleId(policy == null ? "tier2" : policy.id())
                    .setCategory(why)
                    .setRuleSetVersion(response.request().getRuleSetVersion())
                    .build();
            object(at, verdict, new Action.Block());
        }
    }

    private void finish(ResponseStep at) {
        OpenResponse response = at.response;
        if (response.state() instanceof RunState.Held && !response.line().isWaiting()) {
            dispatch(at);
        } else if (response.state() instanceof RunState.Judged(TokenEvent lastWord, long _)
                && response.line().isClear()) {
            at.end(lastWord);
        }
    }

    private void object(ResponseStep at, Verdict verdict, Action action) {
        RunState state = at.response.state();
        if (state instanceof RunState.Held || state instanceof RunState.Awaiting) {
            Envelope own = at.ofPrompt();
            at.withhold();
            at.show(new TokenEvent.Moderated(own, finding(verdict, action).verdict()));
            at.end(Endings.promptBlocked(own));
            return;
        }
        TokenEvent lastWord = state instanceof RunState.Judged judged ? judged.lastWord() : null;
        objections.raise(at, finding(verdict, action), lastWord);
    }

    private static void sayUnjudged(ResponseStep at, String why) {
        OpenResponse response = at.response;
        JudgePolicy policy = response.line().policy();
        if (policy != null && response.line().tellUnjudged()) {
            String version = response.request().getRuleSetVersion();
            say(
                    at,
                    new Finding(
                            policy.id(),
                            why,
                            new Action.Flag(),
                            version == null ? "" : version,
                            "shown without a verdict"));
        }
    }

    private static void say(ResponseStep at, Finding finding) {
        at.show(new TokenEvent.Moderated(at.own(), finding.verdict()));
    }

    private static boolean failsOpen(OpenResponse response) {
        JudgePolicy policy = response.line().policy();
        return policy != null && policy.failOpen();
    }

    private static Finding finding(Verdict verdict, Action action) {
        String version = verdict.getRuleSetVersion();
        @Nullable String reason = verdict.getReason();
        return new Finding(verdict.getRuleId(), verdict.getCategory(), action, version == null ? "" : version, reason);
    }
}

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
    private final Tape tape;
    private final Objections objections;
    private final JobDispatch jobs;
    private final long jobDeadlineMicros;

    Judging(OpenResponses open, Tape tape, Objections objections, JobDispatch jobs, FoldLimits limits) {
        this.open = open;
        this.tape = tape;
        this.objections = objections;
        this.jobs = jobs;
        this.jobDeadlineMicros = limits.jobDeadlineMicros();
    }

    /** Hands out the job of a prompt that is whole, or has it wait for the verdict on it. */
    void handOut(Step step, OpenResponse response) {
        ask(step, response);
        if (response.line().isWaiting()) {
            response.state = new RunState.Held(step.time() + FoldLimits.VERDICT_PATIENCE_MICROS);
        } else {
            dispatch(step, response);
        }
    }

    private void dispatch(Step step, OpenResponse response) {
        response.state = new RunState.Queued(step.time() + jobDeadlineMicros);
        jobs.dispatch(step, response);
    }

    /** To be called behind whatever may have brought new text. */
    void proceed(Step step, OpenResponse response) {
        if (response.line().isOverfull()) {
            unjudged(step, response, "held_too_long");
        } else {
            ask(step, response);
        }
        open.recount(response);
    }

    /**
     * Ends an answer with its run's last word, as soon as all of it is judged.
     *
     * @param lastWord the run's terminal event
     */
    void end(Step step, OpenResponse response, TokenEvent lastWord) {
        response.line().close();
        if (response.line().isClear()) {
            tape.end(step, response, lastWord);
        } else {
            response.state = new RunState.Judged(lastWord, step.time() + FoldLimits.VERDICT_PATIENCE_MICROS);
            proceed(step, response);
        }
    }

    void verdict(Step step, ResponseKey key, TokenEvent.VerdictReached reached) {
        OpenResponse response = open.get(key);
        long number = reached.envelope().sequence();
        if (response == null
                || reached.envelope().attempt() != response.attempt
                || !response.line().awaits(number)) {
            return;
        }
        Verdict verdict = reached.verdict();
        switch (Question.Answer.of(verdict)) {
            case PASS -> settle(step, response, number);
            case UNAVAILABLE -> {
                if (failsOpen(response)) {
                    settle(step, response, number);
                    sayUnjudged(step, response, verdict.getCategory());
                } else {
                    object(step, response, verdict, new Action.Block());
                }
            }
            case OBJECT -> {
                JudgePolicy policy = response.line().policy();
                if (policy != null && policy.action() instanceof Action.Flag flag) {
                    settle(step, response, number);
                    say(step, response, finding(verdict, flag));
                } else {
                    object(step, response, verdict, new Action.Block());
                }
            }
        }
        if (open.get(key) == response) {
            ask(step, response);
            finish(step, response);
            open.recount(response);
        }
    }

    /** The watch's report on an answer whose verdicts do not come; void before their time. */
    void expire(Step step, ResponseKey key) {
        OpenResponse response = open.get(key);
        if (response != null && step.time() >= deadline(response)) {
            unjudged(step, response, "verdict_missing");
        }
    }

    /** Tells every question that has no verdict. */
    void openQuestions(Consumer<Question> asker) {
        open.forEach(response -> response.line().open().forEach(asker));
    }

    private static long deadline(OpenResponse response) {
        return switch (response.state) {
            case RunState.Held(long deadline) -> deadline;
            case RunState.Judged(TokenEvent _, long deadline) -> deadline;
            case RunState.Awaiting _, RunState.Queued _, RunState.Running _, RunState.Cancelling _ -> Long.MAX_VALUE;
        };
    }

    private void ask(Step step, OpenResponse response) {
        response.line().ask(response.attempt).forEach(question -> step.say(new Outcome.Ask(question)));
    }

    private void settle(Step step, OpenResponse response, long number) {
        response.line().settle(number);
        drain(step, response);
    }

    private void drain(Step step, OpenResponse response) {
        for (TokenEvent event = response.line().next();
                event != null;
                event = response.line().next()) {
            tape.show(step, response, event);
        }
    }

    /** Nobody has judged what waits, and nobody will. */
    private void unjudged(Step step, OpenResponse response, String why) {
        if (failsOpen(response)) {
            response.line().settleAll();
            drain(step, response);
            sayUnjudged(step, response, why);
            finish(step, response);
        } else {
            JudgePolicy policy = response.line().policy();
            Verdict verdict = Verdict.newBuilder()
                    .setAction(Question.Answer.UNAVAILABLE.word())
                    .setRuleId(policy == null ? "tier2" : policy.id())
                    .setCategory(why)
                    .setRuleSetVersion(response.request.getRuleSetVersion())
                    .build();
            object(step, response, verdict, new Action.Block());
        }
    }

    private void finish(Step step, OpenResponse response) {
        if (response.state instanceof RunState.Held && !response.line().isWaiting()) {
            dispatch(step, response);
        } else if (response.state instanceof RunState.Judged(TokenEvent lastWord, long _)
                && response.line().isClear()) {
            tape.end(step, response, lastWord);
        }
    }

    private void object(Step step, OpenResponse response, Verdict verdict, Action action) {
        if (response.state instanceof RunState.Held || response.state instanceof RunState.Awaiting) {
            Envelope own = response.ownEnvelope(0, step.time());
            tape.withhold(step, response);
            tape.show(
                    step,
                    response,
                    new TokenEvent.Moderated(own, finding(verdict, action).verdict()));
            tape.end(step, response, Endings.promptBlocked(own));
            return;
        }
        TokenEvent lastWord = response.state instanceof RunState.Judged judged ? judged.lastWord() : null;
        objections.raise(step, response, finding(verdict, action), lastWord);
    }

    private void sayUnjudged(Step step, OpenResponse response, String why) {
        JudgePolicy policy = response.line().policy();
        if (policy != null && response.line().tellUnjudged()) {
            String version = response.request.getRuleSetVersion();
            say(
                    step,
                    response,
                    new Finding(
                            policy.id(),
                            why,
                            new Action.Flag(),
                            version == null ? "" : version,
                            "shown without a verdict"));
        }
    }

    private void say(Step step, OpenResponse response, Finding finding) {
        Envelope own = response.ownEnvelope(response.attempt, step.time());
        tape.show(step, response, new TokenEvent.Moderated(own, finding.verdict()));
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

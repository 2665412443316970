package dev.tokentape.gateway.watch;

import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.ControlType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other gateways ask: whether anybody reads an answer's conversation here. It is answered when somebody does, now
 * or within the grace time; nobody says no. At most {@link #MOST} questions wait; beyond, the answer is yes, since a
 * wrong one costs some tokens, and a wrong silence somebody's answer. Thread-safe.
 */
final class Questions {

    static final int MOST = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Questions.class);
    private static final String REASON = "read_elsewhere";

    private final Commands commands;
    private final Tape tape;
    private final long patience;
    private final Map<ResponseKey, Long> waiting = new ConcurrentHashMap<>();

    Questions(Commands commands, Tape tape, Duration grace) {
        this.commands = commands;
        this.tape = tape;
        this.patience = grace.plus(UnwatchedAnswers.ANSWER_TIME).toNanos();
    }

    void asked(ResponseKey answer, long now) {
        if (tape.readers(answer.conversationId()) > 0 || waiting.size() >= MOST) {
            answer(answer);
        } else {
            waiting.put(answer, now);
        }
    }

    /** Some gateway has said that somebody reads there. */
    void answered(ResponseKey answer) {
        waiting.remove(answer);
    }

    /** Answers what can be answered by now; forgets what nobody waits for any more. */
    void look(long now) {
        waiting.forEach((answer, since) -> {
            if (now - since > patience) {
                waiting.remove(answer, since);
            } else if (tape.readers(answer.conversationId()) > 0 && waiting.remove(answer, since)) {
                answer(answer);
            }
        });
    }

    int size() {
        return waiting.size();
    }

    private void answer(ResponseKey answer) {
        var _ = commands.order(answer.command(ControlType.WATCHED, REASON)).whenComplete((_, failure) -> {
            if (failure != null) {
                log.atWarn()
                        .addKeyValue("conversation", answer.conversationId())
                        .addKeyValue("response", answer.responseId())
                        .setCause(failure)
                        .log("could not say that an answer is read here; it may be cancelled");
            }
        });
    }
}

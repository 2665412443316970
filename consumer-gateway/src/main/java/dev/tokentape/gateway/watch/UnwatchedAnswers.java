package dev.tokentape.gateway.watch;

import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.GenerationRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels answers whose request says {@code cancel_when_unwatched} once their conversation has had no reader at this gateway
 * for a grace time, counted from the request.
 *
 * <p>A gateway knows its own readers alone. So it is the one that took the request which watches, and readers of the
 * conversation at other gateways do not count. What it forgets (it was restarted, or {@link #MOST} answers are watched
 * already) is not cancelled. Thread-safe.
 */
public final class UnwatchedAnswers implements Commands, AutoCloseable {

    static final int MOST = 10_000;

    /** Longer than any answer may last. */
    static final Duration LONGEST_ANSWER = Duration.ofMinutes(30);

    private static final Logger log = LoggerFactory.getLogger(UnwatchedAnswers.class);
    private static final String REASON = "unwatched";

    private final Commands commands;
    private final Tape tape;
    private final Duration grace;
    private final ConcurrentHashMap<Answer, Times> watched = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tokentape-gateway-unwatched").daemon().factory());

    private record Answer(String conversationId, String responseId) {}

    /** Monotonic, nanoseconds. */
    private record Times(long asked, long lastRead) {}

    private UnwatchedAnswers(Commands commands, Tape tape, Duration grace) {
        this.commands = commands;
        this.tape = tape;
        this.grace = grace;
    }

    /**
     * Starts to watch, once a second.
     *
     * @param grace how long nobody may read before an answer is cancelled: time to reload a page, or to come back after a break
     */
    public static UnwatchedAnswers start(Commands commands, Tape tape, Duration grace) {
        UnwatchedAnswers answers = new UnwatchedAnswers(commands, tape, grace);
        var _ = answers.clock.scheduleWithFixedDelay(() -> answers.lookSafely(), 1, 1, TimeUnit.SECONDS);
        return answers;
    }

    /** One whose time only a test moves, by {@link #look}. */
    static UnwatchedAnswers byHand(Commands commands, Tape tape, Duration grace) {
        return new UnwatchedAnswers(commands, tape, grace);
    }

    @Override
    public CompletionStage<Void> ask(GenerationRequest request) {
        CompletionStage<Void> sent = commands.ask(request);
        if (request.getCancelWhenUnwatched()) {
            return sent.thenRun(() -> watch(request, System.nanoTime()));
        }
        return sent;
    }

    @Override
    public CompletionStage<Void> cancel(ControlCommand command) {
        return commands.cancel(command);
    }

    /** How many answers are watched. */
    int size() {
        return watched.size();
    }

    private void watch(GenerationRequest request, long now) {
        if (watched.size() >= MOST) {
            log.warn(
                    "{} answers are watched already: this one is not cancelled if nobody reads it: conversation={} response={}",
                    MOST,
                    request.getConversationId(),
                    request.getResponseId());
            return;
        }
        watched.put(new Answer(request.getConversationId(), request.getResponseId()), new Times(now, now));
    }

    private void lookSafely() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException e) {
            log.error("looking for answers that nobody reads failed; trying again in a second", e);
        }
    }

    /** Cancels what nobody has read for the grace time; forgets what has ended. */
    void look(long now) {
        watched.forEach((answer, times) -> {
            if (hasEnded(answer) || now - times.asked() > LONGEST_ANSWER.toNanos()) {
                watched.remove(answer);
            } else if (tape.readers(answer.conversationId()) > 0) {
                watched.put(answer, new Times(times.asked(), now));
            } else if (now - times.lastRead() >= grace.toNanos()) {
                watched.remove(answer);
                cancel(answer);
            }
        });
    }

    private boolean hasEnded(Answer answer) {
        return tape.response(answer.conversationId(), answer.responseId())
                .map(response -> switch (response.getStatus()) {
                    case COMPLETED, FAILED, CANCELLED, BLOCKED -> true;
                    case QUEUED, RUNNING, OTHER -> false;
                })
                .orElse(false);
    }

    private void cancel(Answer answer) {
        var _ = commands.cancel(ControlCommand.newBuilder()
                        .setType(ControlType.CANCEL)
                        .setConversationId(answer.conversationId())
                        .setResponseId(answer.responseId())
                        .setReason(REASON)
                        .setRequestedAt(Instant.now().truncatedTo(ChronoUnit.MICROS))
                        .build())
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        log.warn(
                                "an answer that nobody reads could not be cancelled: conversation={} response={}",
                                answer.conversationId(),
                                answer.responseId(),
                                failure);
                    }
                });
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}

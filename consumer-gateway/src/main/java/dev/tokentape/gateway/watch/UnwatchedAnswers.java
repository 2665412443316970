package dev.tokentape.gateway.watch;

import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.Outcomes;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels answers whose request says {@code cancel_when_unwatched} once nobody has read their conversation, at any
 * gateway, for a grace time.
 *
 * <p>The gateway that took the request watches. Its own readers it sees; of those of others it asks on the control
 * topic as soon as it has none itself, and each gateway that has a reader, or gets one before the grace time is over,
 * says so there ({@link Questions}). The time counts from where the question was read back from the topic: whoever
 * cannot hear, asks again and cancels nothing.
 *
 * <pre>
 *   asked ──▶ Read ──nobody here──▶ Asking ──question read back──▶ Open ──grace time──▶ cancel
 *              ▲                      │                             │ │
 *              └──a reader here───────┴─────────────────────────────┘ └─elsewhere─▶ Elsewhere ──grace time──▶ Asking
 * </pre>
 *
 * What it forgets (it was restarted, or {@link #MOST} answers are watched already) is not cancelled. Thread-safe.
 */
final class UnwatchedAnswers implements Commands {

    static final int MOST = 10_000;

    /** Longer than any answer may last. */
    static final Duration LONGEST_ANSWER = Duration.ofMinutes(30);

    /** What an answer of another gateway may take beyond the grace time. */
    static final Duration ANSWER_TIME = Duration.ofSeconds(3);

    private static final Logger log = LoggerFactory.getLogger(UnwatchedAnswers.class);
    private static final String REASON = "unwatched";

    private final Commands commands;
    private final Tape tape;
    private final long grace;
    private final ConcurrentHashMap<ResponseKey, Watched> watched = new ConcurrentHashMap<>();

    /** @param state what is known of its readers; times are monotonic, nanoseconds */
    private record Watched(long asked, State state) {
        Watched now(State other) {
            return new Watched(asked, other);
        }
    }

    private sealed interface State {
        /** Somebody reads here, or did a moment ago. */
        record Read() implements State {}

        /** Nobody reads here; the question is on its way. */
        record Asking(long at) implements State {}

        /** The question stands on the topic; nobody has said anything yet. */
        record Open(long since) implements State {}

        /** Somebody reads at another gateway, or did then. */
        record Elsewhere(long at) implements State {}
    }

    /**
     * @param grace how long nobody may read before an answer is cancelled: time to reload a page, or to come back after
     * a break
     */
    UnwatchedAnswers(Commands commands, Tape tape, Duration grace) {
        this.commands = commands;
        this.tape = tape;
        this.grace = grace.toNanos();
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
    public CompletionStage<Void> order(ControlCommand command) {
        return commands.order(command);
    }

    /** How many answers are watched. */
    int size() {
        return watched.size();
    }

    boolean watches(ResponseKey answer) {
        return watched.containsKey(answer);
    }

    private void watch(GenerationRequest request, long now) {
        if (watched.size() >= MOST) {
            log.atWarn()
                    .addKeyValue("conversation", request.getConversationId())
                    .addKeyValue("response", request.getResponseId())
                    .addKeyValue("watched", MOST)
                    .log("too many answers are watched: this one is not cancelled if nobody reads it");
            return;
        }
        watched.put(
                new ResponseKey(request.getConversationId(), request.getResponseId()),
                new Watched(now, new State.Read()));
    }

    /** The question about an answer was read back from the topic. */
    void questionStands(ResponseKey answer, long now) {
        watched.computeIfPresent(
                answer, (_, known) -> known.state() instanceof State.Asking ? known.now(new State.Open(now)) : known);
    }

    /** A gateway says that somebody reads there. */
    void isRead(ResponseKey answer, long now) {
        watched.computeIfPresent(answer, (_, known) -> known.now(new State.Elsewhere(now)));
    }

    /** Goes on with every answer; forgets what has ended. */
    void look(long now) {
        watched.forEach((answer, known) -> {
            if (hasEnded(answer) || now - known.asked() > LONGEST_ANSWER.toNanos()) {
                watched.remove(answer);
            } else if (tape.readers(answer.conversationId()) > 0) {
                watched.replace(answer, known, known.now(new State.Read()));
            } else {
                unread(answer, known, now);
            }
        });
    }

    /** Goes on with an answer that nobody reads here; what is heard of it meanwhile counts more. */
    private void unread(ResponseKey answer, Watched known, long now) {
        boolean toAsk = switch (known.state()) {
            case State.Read _ -> true;
            case State.Elsewhere(long at) -> now - at >= grace;
            case State.Asking(long at) -> now - at >= Math.max(grace, ANSWER_TIME.toNanos());
            case State.Open(long since) -> {
                if (now - since >= grace + ANSWER_TIME.toNanos() && watched.remove(answer, known)) {
                    send(ControlType.CANCEL, answer);
                }
                yield false;
            }
        };
        // Noted before it is sent: it may be read back at once.
        if (toAsk && watched.replace(answer, known, known.now(new State.Asking(now)))) {
            send(ControlType.UNWATCHED, answer);
        }
    }

    private boolean hasEnded(ResponseKey answer) {
        return tape.response(answer.conversationId(), answer.responseId())
                .map(response -> Outcomes.ended(response.getStatus()))
                .orElse(false);
    }

    private void send(ControlType type, ResponseKey answer) {
        var _ = commands.order(answer.command(type, REASON)).whenComplete((_, failure) -> {
            if (failure != null) {
                log.atWarn()
                        .addKeyValue("conversation", answer.conversationId())
                        .addKeyValue("response", answer.responseId())
                        .addKeyValue("type", type)
                        .setCause(failure)
                        .log("could not tell other gateways of an answer that nobody reads here");
            }
        });
    }
}

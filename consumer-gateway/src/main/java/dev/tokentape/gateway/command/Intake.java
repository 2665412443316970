package dev.tokentape.gateway.command;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.ReadRequest.Start;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.ResponseAssembler;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for answers come in: gives each its id and its place on the tape, tells repeats, and hands new ones
 * on.
 *
 * <p>A repeat is an ask with the idempotency key of an earlier one in the same conversation; its response id is derived
 * from both, so it is the earlier one's at every gateway. If that came in here, a repeat with another body is refused,
 * and an equal one is not handed on again. If not, this gateway cannot know: it hands the ask on, the processor drops
 * it because it knows the response id, and the client reads the earlier answer, whatever its body was. Thread-safe.
 */
public final class Intake {

    private static final String UNWANTED = "client_request";

    private final Tape tape;
    private final Commands commands;
    private final Clock clock;
    private final RecentAsks recent = new RecentAsks();

    public Intake(Tape tape, Commands commands, Clock clock) {
        this.tape = tape;
        this.commands = commands;
        this.clock = clock;
    }

    /**
     * An ask that has its id and place.
     *
     * @param continues the answer it goes on from, after tool results; null for a new turn
     * @param cursor a place on the conversation's tape before the answer, or, for a repeat that came in at another
     *     gateway first, a later one
     * @param mayRepeat whether its answer may have begun or ended before: it has an idempotency key, or continues
     * another
     * @param read how to read the answer from its start, if begun before {@link #send}
     */
    public record Accepted(
            String conversationId,
            String responseId,
            @Nullable String continues,
            String cursor,
            boolean mayRepeat,
            ReadRequest read,
            Runnable toSend,
            CompletionStage<Void> stored) {}

    /**
     * Takes an ask in, without sending it yet.
     *
     * @throws ProblemException if its key was used here before with another body, or for an answer that was deleted
     */
    public Accepted accept(String conversationId, GenerationRequest.Builder body, @Nullable String idempotencyKey) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        String responseId = idempotencyKey == null
                ? ResponseIds.next(now.toEpochMilli())
                : ResponseIds.derived(conversationId, idempotencyKey);
        GenerationRequest request = body.setConversationId(conversationId)
                .setResponseId(responseId)
                .setIdempotencyKey(idempotencyKey)
                .setRequestedAt(now)
                .build();
        RecentAsks.Ask ask = ask(request);
        RecentAsks.Ask earlier = recent.putIfNew(responseId, ask);
        if (earlier != null && !earlier.fingerprint().equals(ask.fingerprint())) {
            throw new Problem(
                            "idempotency-key-reused",
                            "The idempotency key was used for another request",
                            422,
                            ("in conversation %s this key started response %s with another body; use a new "
                                            + "key for a new request")
                                    .formatted(conversationId, responseId))
                    .withMember("response_id", responseId)
                    .asException();
        }
        RecentAsks.Ask taken = earlier == null ? ask : earlier;
        if (tape.deletedSince(conversationId, taken.cursor())) {
            throw new Problem(
                            "answer-deleted",
                            "The answer was deleted with its conversation",
                            409,
                            "in conversation %s this key started response %s, which was deleted; use a new key"
                                    .formatted(conversationId, responseId))
                    .withMember("response_id", responseId)
                    .asException();
        }
        // The answer to a new id cannot have begun: what comes from now on is all of it.
        Start start = idempotencyKey == null ? new Start.Now() : new Start.Beginning();
        return new Accepted(
                conversationId,
                responseId,
                null,
                taken.cursor(),
                idempotencyKey != null,
                new ReadRequest(conversationId, responseId, start),
                earlier == null ? () -> handOn(request, ask) : () -> {},
                taken.stored());
    }

    /**
     * Takes in results for the answer that goes on from another, without sending them yet. Each contribution is handed
     * on: the processor tells which results are new.
     *
     * @param body naming the answer that it continues
     */
    public Accepted acceptContinuation(String conversationId, GenerationRequest.Builder body) {
        String continues = Objects.requireNonNull(body.getContinues(), "continues");
        String responseId = ResponseIds.continuing(conversationId, continues);
        GenerationRequest request = body.setConversationId(conversationId)
                .setResponseId(responseId)
                .setRequestedAt(clock.instant().truncatedTo(ChronoUnit.MICROS))
                .build();
        RecentAsks.Ask ask = ask(request);
        RecentAsks.Ask earlier = recent.putIfNew(responseId, ask);
        return new Accepted(
                conversationId,
                responseId,
                continues,
                (earlier == null ? ask : earlier).cursor(),
                true,
                new ReadRequest(conversationId, responseId, new Start.Beginning()),
                () -> handOn(request, ask),
                ask.stored());
    }

    private RecentAsks.Ask ask(GenerationRequest request) {
        return new RecentAsks.Ask(
                request.getConversationId(),
                RecentAsks.fingerprint(request),
                tape.cursorOf(request.getConversationId()),
                request.getProvider(),
                request.getModel(),
                request.getRequestedAt(),
                new CompletableFuture<>());
    }

    /** Hands the ask on, unless it was before; done when it is safe in Kafka. */
    public CompletionStage<Void> send(Accepted accepted) {
        accepted.toSend().run();
        return accepted.stored();
    }

    private void handOn(GenerationRequest request, RecentAsks.Ask ask) {
        commands.ask(request).whenComplete((_, failure) -> {
            if (failure == null) {
                ask.stored().complete(null);
            } else {
                recent.forget(request.getResponseId(), ask);
                ask.stored().completeExceptionally(failure);
            }
        });
    }

    /** An answer that was asked for here and has not begun, as far as this gateway knows: queued. */
    public Optional<Response> queued(String conversationId, String responseId) {
        RecentAsks.Ask ask = recent.find(conversationId, responseId);
        if (ask == null || tape.deletedSince(conversationId, ask.cursor())) {
            return Optional.empty();
        }
        return Optional.of(Response.newBuilder(new ResponseAssembler(conversationId, responseId).toResponse())
                .setProvider(ask.provider())
                .setModel(ask.model())
                .setRequestedAt(ask.requestedAt())
                .build());
    }

    /** Orders an answer to stop; done when the order is safe in Kafka. */
    public CompletionStage<Void> cancel(String conversationId, String responseId) {
        return commands.order(command(ControlType.CANCEL, conversationId, responseId, clock.instant()));
    }

    /**
     * A delete on its way.
     *
     * @param deletionId what the event that tells readers carries as its response id
     * @param cursor a place on the conversation's tape before that event
     */
    public record Deleting(String deletionId, String cursor) {}

    /** Orders a conversation to be deleted; done when the order is safe in Kafka. */
    public CompletionStage<Deleting> delete(String conversationId) {
        Instant now = clock.instant();
        Deleting deleting = new Deleting(ResponseIds.next(now.toEpochMilli()), tape.cursorOf(conversationId));
        return commands.order(command(ControlType.DELETE, conversationId, deleting.deletionId(), now))
                .thenApply(_ -> deleting);
    }

    private static ControlCommand command(ControlType type, String conversationId, String id, Instant now) {
        return ControlCommand.newBuilder()
                .setType(type)
                .setConversationId(conversationId)
                .setResponseId(id)
                .setReason(UNWANTED)
                .setRequestedAt(now.truncatedTo(ChronoUnit.MICROS))
                .build();
    }
}

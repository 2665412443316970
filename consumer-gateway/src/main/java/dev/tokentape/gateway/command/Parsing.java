package dev.tokentape.gateway.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.http.Reservation;
import dev.tokentape.gateway.problem.Problem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Where bodies are parsed: small ones where they came in, large ones elsewhere, so that no event loop stands still. */
public final class Parsing {

    private static final int SMALL_BYTES = 16 * 1024;

    private final Executor elsewhere;

    public Parsing(Executor elsewhere) {
        this.elsewhere = elsewhere;
    }

    /**
     * What a body says.
     *
     * @param shape the names that it may have
     * @param memory charged with what it takes to read the body, until its owner gives it back
     * @return failed with a problem: it is no JSON object, it takes more than there is, or as {@code reader} says
     */
    public <T> CompletionStage<T> parse(byte[] body, Shape shape, Reservation memory, Function<ObjectNode, T> reader) {
        if (body.length > SMALL_BYTES) {
            return CompletableFuture.supplyAsync(() -> reader.apply(object(body, shape, memory)), elsewhere);
        }
        try {
            return CompletableFuture.completedStage(reader.apply(object(body, shape, memory)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static ObjectNode object(byte[] body, Shape shape, Reservation memory) {
        long cost = JsonSurvey.costOf(body, shape);
        if (!memory.couldGrow(cost)) {
            throw Problem.tooLarge(("the body has %d bytes and takes about %d of memory to read, more than the %d "
                                    + "that gateway.request-memory allows for all; ask with fewer values")
                            .formatted(body.length, cost, memory.limit()))
                    .asException();
        }
        if (!memory.grow(cost)) {
            throw Problem.overloaded("too many large requests are being read at once; come back later")
                    .asException();
        }
        return JsonBody.object(body);
    }
}

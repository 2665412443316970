package dev.tokentape.gateway.command;

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

    public <T> CompletionStage<T> parse(byte[] body, Function<byte[], T> parser) {
        if (body.length > SMALL_BYTES) {
            return CompletableFuture.supplyAsync(() -> parser.apply(body), elsewhere);
        }
        try {
            return CompletableFuture.completedStage(parser.apply(body));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }
}

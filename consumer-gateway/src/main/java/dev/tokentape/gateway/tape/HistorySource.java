package dev.tokentape.gateway.tape;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where the finished answers of a conversation are known that the tape no longer holds: the processor's store. */
@FunctionalInterface
public interface HistorySource {

    /** Knows nothing. */
    HistorySource NONE = _ -> CompletableFuture.completedFuture(List.of());

    /**
     * The finished answers of a conversation, oldest first, each as one JSON object in UTF-8 as
     * {@link dev.tokentape.schemas.json.ResponseJson} writes it. Must not block.
     */
    CompletionStage<List<byte[]>> turns(String conversationId);
}

package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.segment.Segment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** History, asked once for all readers that ask for the same at the same time. Failures become no answer. */
final class SharedHistory {

    private static final Logger LOG = LoggerFactory.getLogger(SharedHistory.class);

    private final HistorySource history;
    private final ConcurrentHashMap<Inquiry, CompletableFuture<List<FinishedAnswer>>> running =
            new ConcurrentHashMap<>();

    /** Shared by all who ask while it runs and have seen the same delete, or none. */
    private record Inquiry(String conversationId, Segment.@Nullable Deletion deletion) {}

    SharedHistory(HistorySource history) {
        this.history = history;
    }

    CompletableFuture<List<FinishedAnswer>> answers(String conversationId, Segment.@Nullable Deletion seen) {
        Inquiry inquiry = new Inquiry(conversationId, seen);
        CompletableFuture<List<FinishedAnswer>> mine = new CompletableFuture<>();
        CompletableFuture<List<FinishedAnswer>> others = running.putIfAbsent(inquiry, mine);
        if (others != null) {
            return others;
        }
        var _ = ask(conversationId).thenAccept(answers -> {
            running.remove(inquiry);
            mine.complete(answers);
        });
        return mine;
    }

    private CompletableFuture<List<FinishedAnswer>> ask(String conversationId) {
        try {
            return history.turns(conversationId)
                    .toCompletableFuture()
                    .thenApply(found -> FinishedAnswer.of(conversationId, found))
                    .exceptionally(e -> nothing(conversationId, e));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(nothing(conversationId, e));
        }
    }

    private static List<FinishedAnswer> nothing(String conversationId, Throwable e) {
        LOG.atWarn()
                .addKeyValue("conversation", conversationId)
                .setCause(e)
                .log("no history for a gap, readers get what is in memory");
        return List.of();
    }
}

package dev.tokentape.gateway.history;

import dev.tokentape.gateway.auth.Grant;
import dev.tokentape.gateway.auth.Scope;
import dev.tokentape.gateway.history.ConversationPage.Listed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The list of conversations as one reader may see it. What the reader's patterns exclude is passed over where their
 * beginnings tell, else read and left out; after {@link #MOST_LOOKS} pages of it the reader gets what was found so far,
 * be it nothing, and goes on from there.
 */
public final class ReadableConversations {

    static final int MOST_LOOKS = 10;

    /** Read at once where some of it may be left out; the most that a processor gives. */
    private static final int WIDE = 500;

    private final History history;

    public ReadableConversations(History history) {
        this.history = history;
    }

    /**
     * A page.
     *
     * @param after an id, or anything else that ids come before or after; empty for the first page
     * @return failed with a problem if the processor cannot be asked now
     */
    public CompletionStage<ConversationPage> page(Grant grant, String after, int limit) {
        return look(grant, after, limit, List.of(), 1);
    }

    private CompletionStage<ConversationPage> look(
            Grant grant, String after, int limit, List<Listed> before, int looks) {
        String from = grant.skip(after);
        if (from == null) {
            return CompletableFuture.completedStage(new ConversationPage(before, null));
        }
        return history.conversations(from, grant.reachesAll() ? limit : WIDE).thenCompose(page -> {
            List<Listed> found = new ArrayList<>(before);
            String next = take(grant, page, limit, found);
            return next == null || found.size() == limit || looks == MOST_LOOKS
                    ? CompletableFuture.completedStage(new ConversationPage(found, next))
                    : look(grant, next, limit, found, looks + 1);
        });
    }

    /** Takes what the reader may see, and returns where the next page begins. */
    private static @Nullable String take(Grant grant, ConversationPage page, int limit, List<Listed> found) {
        for (Listed listed : page.conversations()) {
            if (grant.allows(Scope.READ, listed.conversationId())) {
                if (found.size() == limit) {
                    return found.getLast().conversationId();
                }
                found.add(listed);
            }
        }
        return page.next();
    }
}

package dev.tokentape.gateway.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Some of the conversations that have finished turns, in the order of their ids.
 *
 * @param next where the next page begins: after this id; null on the last
 */
public record ConversationPage(
        List<Listed> conversations, @Nullable String next) {

    /**
     * A conversation in a list.
     *
     * @param turns that have ended
     * @param updatedAt when the latest ended, ISO 8601
     */
    public record Listed(String conversationId, long turns, String updatedAt) {}

    public ConversationPage {
        conversations = List.copyOf(conversations);
    }

    /**
     * One page out of those of several instances, all asked for the same. It goes no further than the shortest of those
     * that have more. A conversation that is just moving from one instance to another may be told by both: then the
     * longer counts.
     */
    static ConversationPage merge(List<ConversationPage> pages, int limit) {
        TreeMap<String, Listed> sorted = new TreeMap<>();
        String through = null;
        for (ConversationPage page : pages) {
            page.conversations()
                    .forEach(listed -> sorted.merge(
                            listed.conversationId(),
                            listed,
                            (one, other) -> one.turns() >= other.turns() ? one : other));
            if (page.next() != null && (through == null || page.next().compareTo(through) < 0)) {
                through = page.next();
            }
        }
        Map<String, Listed> whole = through == null ? sorted : sorted.headMap(through, true);
        List<Listed> found = whole.values().stream().limit(limit).toList();
        return new ConversationPage(
                found, found.size() < whole.size() ? found.getLast().conversationId() : through);
    }
}

package dev.tokentape.gateway.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one instance of the processor tells of the list of conversations: those in the partitions that it holds.
 *
 * @param partitions that the page is of; none if an older processor does not say
 * @param of how many there are; 0 if an older processor does not say
 */
record InstancePage(ConversationPage page, Set<Integer> partitions, int of) {

    InstancePage {
        partitions = Set.copyOf(partitions);
    }

    static InstancePage of(JsonNode told) {
        List<ConversationPage.Listed> conversations = new ArrayList<>();
        for (JsonNode listed : told.path("conversations")) {
            conversations.add(new ConversationPage.Listed(
                    listed.path("conversation_id").asText(),
                    listed.path("turns").asLong(),
                    listed.path("updated_at").asText()));
        }
        Set<Integer> partitions = new HashSet<>();
        told.path("partitions").forEach(partition -> partitions.add(partition.asInt()));
        return new InstancePage(
                new ConversationPage(conversations, told.path("next").textValue()),
                partitions,
                told.path("of").asInt());
    }

    /** Whether these are of all conversations there are, though not every instance may have told. */
    static boolean makeAWhole(List<InstancePage> shares, boolean allTold) {
        if (shares.stream().anyMatch(share -> share.of() == 0)) {
            return allTold;
        }
        Set<Integer> held = new HashSet<>();
        shares.forEach(share -> held.addAll(share.partitions()));
        return !shares.isEmpty() && shares.stream().allMatch(share -> held.size() >= share.of());
    }
}

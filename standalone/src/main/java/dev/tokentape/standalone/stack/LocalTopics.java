package dev.tokentape.standalone.stack;

import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.schemas.topic.TopicException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.GroupType;

/** Sees to the topics and groups of the embedded broker. */
final class LocalTopics {

    private LocalTopics() {}

    /**
     * Creates what is missing, and returns when the broker knows all.
     *
     * @throws TopicException if older ones do not fit
     */
    static void prepare(String bootstrapServers, TopicCatalogue catalogue) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TopicAdmin topics = new TopicAdmin(admin, catalogue);
            topics.create();
            topics.require();
        }
    }

    /**
     * Takes the members of the last run, which was killed, out of their groups; whoever joins would else wait until
     * their sessions are over. The broker ran in the same process, so none of them is alive; one of elsewhere joins
     * again.
     */
    static void forgetMembers(String bootstrapServers) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            for (GroupListing group : admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CLASSIC)))
                    .all()
                    .get()) {
                admin.removeMembersFromConsumerGroup(group.groupId(), new RemoveMembersFromConsumerGroupOptions())
                        .all()
                        .get();
            }
        }
    }
}

package dev.tokentape.standalone.stack;

import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.schemas.topic.TopicException;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Sees to the topics of the embedded broker. */
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
}

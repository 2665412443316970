package dev.tokentape.standalone.stack;

import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.schemas.topic.TopicException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Sees to the topics of the embedded broker. */
final class LocalTopics {

    private static final int MOST_LOOKS = 50;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private LocalTopics() {}

    /**
     * Creates what is missing, and returns when the broker knows all.
     *
     * @throws TopicException if older ones do not fit
     */
    static void prepare(String bootstrapServers, TopicCatalogue catalogue) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TopicAdmin topics = new TopicAdmin(admin, catalogue);
            List<String> created = topics.create();
            List<String> problems = topics.check();
            // The controller has created them; the broker hears of it a moment later.
            for (int look = 0; !created.isEmpty() && !problems.isEmpty() && look < MOST_LOOKS; look++) {
                Thread.sleep(BETWEEN_LOOKS);
                problems = topics.check();
            }
            if (!problems.isEmpty()) {
                throw new TopicException(String.join("\n", problems));
            }
        }
    }
}

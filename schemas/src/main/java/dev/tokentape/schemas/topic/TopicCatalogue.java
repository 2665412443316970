package dev.tokentape.schemas.topic;

import dev.tokentape.schemas.config.Settings;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * The topics of one installation.
 *
 * @param prefix goes before every topic's name, so that several installations can share a cluster; may be empty
 * @param partitions of every topic; fixed for the installation's life, since it decides where a conversation lives
 * @param replicationFactor copies of every partition; -1 for the broker's default
 */
public record TopicCatalogue(String prefix, int partitions, short replicationFactor) {

    public static TopicCatalogue from(Settings settings) {
        return new TopicCatalogue(
                settings.text("topics.prefix", ""), settings.integer("topics.partitions", 12, 1, 10_000), (short)
                        settings.integer("topics.replication-factor", -1, -1, 32));
    }

    public String name(Topic topic) {
        return prefix + topic.baseName();
    }

    /** The partition of a conversation on every topic: Kafka's own choice for its id as a UTF-8 key. */
    public int partitionOf(String conversationId) {
        return Utils.toPositive(Utils.murmur2(conversationId.getBytes(StandardCharsets.UTF_8))) % partitions;
    }
}

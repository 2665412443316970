package dev.tokentape.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LocalTopicsTest {

    @Test
    void theMembersOfARunThatWasKilledDoNotHoldUpTheNext(@TempDir Path folder) throws Exception {
        Path directory = folder.resolve("kafka");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(directory));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaConsumer<byte[], byte[]> member = member(kafka)) {
            // Given a member of a group that has not left it
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
            member.subscribe(List.of("t"));
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                member.poll(Duration.ofMillis(100));
                return !member.assignment().isEmpty();
            });

            // When
            LocalTopics.forgetMembers(kafka.bootstrapServers());

            // Then
            assertThat(admin.describeConsumerGroups(List.of("group"))
                            .all()
                            .get()
                            .values())
                    .singleElement()
                    .satisfies(group -> assertThat(group.members()).isEmpty());
        }
    }

    private static KafkaConsumer<byte[], byte[]> member(EmbeddedKafka kafka) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "group", "group.protocol", "classic"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}

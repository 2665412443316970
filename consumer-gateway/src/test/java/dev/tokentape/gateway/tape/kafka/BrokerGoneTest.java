package dev.tokentape.gateway.tape.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BrokerGoneTest {

    @TempDir
    Path folder;

    @Test
    void aTapeEndsItsThreadsThoughTheBrokerIsGone() {
        // Given a tape whose broker has gone away
        KafkaTape tape;
        try (EmbeddedKafka broker = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder))) {
            KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), Map.of());
            TopicCatalogue topics = new TopicCatalogue("", 2, (short) 1);
            try (Admin admin = Admin.create(kafka.properties())) {
                new TopicAdmin(admin, topics).create();
            }
            tape = KafkaTape.start(
                    kafka,
                    topics,
                    new TapeCodec(SchemaRegistry.open("memory:"), topics),
                    TapeConfig.DEFAULTS,
                    new SimpleMeterRegistry());
            await().atMost(Duration.ofSeconds(40)).until(tape.tape()::ready);
        }

        // When it is closed
        tape.close();

        // Then it did not have to be left behind
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("tape-"));
    }
}

package dev.tokentape.processor.judge;

import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes verdicts into the journal, by a Kafka producer of its own: a stream thread may sleep for as long as nothing
 * comes, and a verdict must wake it. One that is lost is told in the log; the watch ends what waits for it.
 */
final class JournalVerdicts implements Verdicts, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JournalVerdicts.class);

    private final String topic;
    private final TapeCodec codec;
    private final KafkaProducer<byte[], byte[]> producer;

    JournalVerdicts(KafkaSettings kafka, TopicCatalogue topics, TapeCodec codec, String group) {
        this.topic = topics.name(Topic.JOURNAL);
        this.codec = codec;
        Map<String, Object> properties = kafka.properties();
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, group + "-verdicts");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void write(TokenEvent.VerdictReached verdict, int partition) {
        String conversation = verdict.envelope().conversationId();
        byte[] value = codec.encode(Topic.JOURNAL, verdict);
        producer.send(
                new ProducerRecord<>(topic, partition, conversation.getBytes(StandardCharsets.UTF_8), value),
                (_, failure) -> {
                    if (failure != null) {
                        log.atError()
                                .addKeyValue("conversation", conversation)
                                .addKeyValue("response", verdict.envelope().responseId())
                                .addKeyValue("cause", failure.toString())
                                .log("a verdict could not be written");
                    }
                });
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}

package dev.tokentape.gateway.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.failure.Wordless;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands as records on {@code llm.requests} and {@code llm.control}, through one idempotent producer.
 *
 * <p>Encoding and sending may wait (for a schema id, for the topic's metadata, for the producer's memory), so each
 * command has a virtual thread, at most {@value #MOST_AT_ONCE} at once; further ones are refused.
 */
public final class KafkaCommands implements Commands, AutoCloseable {

    static final int MOST_AT_ONCE = 1_000;

    private static final Logger log = LoggerFactory.getLogger(KafkaCommands.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final TapeCodec codec;
    private final TopicCatalogue topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tokentape-gateway-command-", 0).factory());

    public KafkaCommands(KafkaSettings kafka, TapeCodec codec, TopicCatalogue topics) {
        this.codec = codec;
        this.topics = topics;
        codec.register(List.of(Topic.REQUESTS, Topic.CONTROL));
        this.producer = new KafkaProducer<>(properties(kafka), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Map<String, Object> properties(KafkaSettings kafka) {
        Map<String, Object> properties = new HashMap<>(kafka.properties());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "tokentape-gateway");
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RecordLimits.MAX_RECORD_BYTES);
        // A client waits for the outcome: better a clear refusal soon than a late surprise.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 3_000);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
        return properties;
    }

    @Override
    public CompletionStage<Void> ask(GenerationRequest request) {
        return send(Topic.REQUESTS, request.getConversationId(), request.getResponseId(), request);
    }

    @Override
    public CompletionStage<Void> order(ControlCommand command) {
        return send(Topic.CONTROL, command.getConversationId(), command.getResponseId(), command);
    }

    private CompletionStage<Void> send(
            Topic topic, String conversationId, String responseId, SpecificRecordBase command) {
        if (!places.tryAcquire()) {
            return CompletableFuture.failedStage(Problem.overloaded(
                            "%d commands are on their way to Kafka; repeat this one later".formatted(MOST_AT_ONCE))
                    .asException());
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        done.whenComplete((_, _) -> places.release());
        try {
            threads.execute(() -> sendBlocking(topic, conversationId, responseId, command, done));
        } catch (RuntimeException e) {
            failed(topic, conversationId, responseId, e, done);
        }
        return done;
    }

    private void sendBlocking(
            Topic topic,
            String conversationId,
            String responseId,
            SpecificRecordBase command,
            CompletableFuture<Void> done) {
        try {
            byte[] value = codec.encode(topic, command);
            if (value.length > RecordLimits.MAX_VALUE_BYTES) {
                done.completeExceptionally(
                        Problem.tooLarge(("the request takes %d bytes as a record, at most %d fit; shorten the "
                                                + "messages, or refer to images and audio by url")
                                        .formatted(value.length, RecordLimits.MAX_VALUE_BYTES))
                                .asException());
                return;
            }
            producer.send(
                    new ProducerRecord<>(
                            topics.name(topic),
                            topics.partitionOf(conversationId),
                            conversationId.getBytes(UTF_8),
                            value),
                    (_, failure) -> {
                        if (failure == null) {
                            done.complete(null);
                        } else {
                            failed(topic, conversationId, responseId, failure, done);
                        }
                    });
        } catch (RuntimeException e) {
            failed(topic, conversationId, responseId, e, done);
        }
    }

    private void failed(
            Topic topic, String conversationId, String responseId, Exception failure, CompletableFuture<Void> done) {
        log.atWarn()
                .addKeyValue("conversation", conversationId)
                .addKeyValue("response", responseId)
                .addKeyValue("topic", topics.name(topic))
                .addKeyValue("cause", Wordless.of(failure).kinds())
                .log("Kafka did not confirm a command");
        done.completeExceptionally(Problem.kafkaUnavailable(
                        "Kafka did not confirm the command within its time; whether it was stored is not "
                                + "known. Repeat it, and give an Idempotency-Key so that an answer is never started "
                                + "twice")
                .asException());
    }

    @Override
    public void close() {
        threads.shutdown();
        producer.close(CLOSE_TIMEOUT);
        threads.close();
    }
}

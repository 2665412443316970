package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes answers into the journal, as the forward step and producers would. */
final class BenchJournal implements AutoCloseable {

    /** On the tape, for an answer that has begun: the question, its start and its block's start. */
    static final int EVENTS_TO_BEGIN = 3;
    /** The ends of its block and of itself. */
    static final int EVENTS_TO_END = 2;

    private final TopicCatalogue topics;
    private final TapeCodec codec;
    private final KafkaProducer<byte[], byte[]> producer;

    BenchJournal(String bootstrapServers, TopicCatalogue topics, TapeCodec codec) {
        this.topics = topics;
        this.codec = codec;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** An answer whose run has just begun its only block. */
    Answer begin(String conversation, int number) {
        Answer answer = new Answer(conversation, number);
        send(conversation, codec.encode(Topic.JOURNAL, answer.request()));
        answer.put(new TokenEvent.Taken(answer.next()));
        answer.put(new TokenEvent.MessageStart(answer.next(), "assistant", "up", "model", null, null));
        answer.put(new TokenEvent.BlockStart(answer.inBlock(), BlockType.TEXT, null, null, null, null, null));
        return answer;
    }

    private void send(String conversation, byte[] value) {
        producer.send(new ProducerRecord<>(
                topics.name(Topic.JOURNAL),
                topics.partitionOf(conversation),
                conversation.getBytes(StandardCharsets.UTF_8),
                value));
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }

    /** One answer, as far as its run has come. */
    final class Answer {
        private final String conversation;
        private final String id;
        private final String run;
        private long sequence;

        private Answer(String conversation, int number) {
            this.conversation = conversation;
            this.id = "0198c7a2-1d5e-7cc3-9d53-%012d".formatted(number);
            this.run = "7d9f6a0e-3f5b-4a36-8c7e-%012d".formatted(number);
        }

        String id() {
            return id;
        }

        void say(String text) {
            put(new TokenEvent.BlockDelta(inBlock(), DeltaType.TEXT, text, null));
        }

        void end() {
            put(new TokenEvent.BlockStop(inBlock()));
            put(new TokenEvent.MessageStop(next(), StopReason.END_TURN, "stop", null, null, null));
        }

        private void put(TokenEvent event) {
            send(conversation, codec.encode(Topic.JOURNAL, event));
        }

        private GenerationRequest request() {
            return GenerationRequest.newBuilder()
                    .setConversationId(conversation)
                    .setResponseId(id)
                    .setRequestedAt(Instant.now())
                    .setProvider("bench")
                    .setModel("model")
                    .setMessages(List.of(Message.newBuilder()
                            .setRole("user")
                            .setParts(List.of(Part.newBuilder()
                                    .setType(PartType.TEXT)
                                    .setText("Tell me something.")
                                    .build()))
                            .build()))
                    .build();
        }

        private Envelope inBlock() {
            return next().withBlock(0, 0);
        }

        private Envelope next() {
            long now = System.currentTimeMillis() * 1_000;
            long number = sequence++;
            return new Envelope(
                    conversation, id, 1, run, number, 0, Envelope.NONE, now, now, number * 1_000_000, "bench", "model");
        }
    }
}

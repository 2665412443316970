package dev.tokentape.processor.topology;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The forward step: writes requests, cancels and deletes into the journal, each into its conversation's partition,
 * whoever wrote them and with whichever partitioner. Stateless; a record that may stand twice is the fold's to notice.
 */
final class ForwardProcessor implements Processor<byte[], byte[], Addressed, byte[]> {

    static final String JOURNAL_SINK = "forward-to-journal";
    static final String DEAD_LETTER_SINK = "forward-to-dead-letters";

    private static final Pattern CONVERSATION_ID = Pattern.compile("[A-Za-z0-9._~:@-]{1,128}");
    private static final Pattern RESPONSE_ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

    private final TapeCodec codec;
    private final TopicCatalogue topics;
    private final Moderation moderation;
    private final RecordReader reader;
    private final ProcessorMeters meters;
    private @Nullable ProcessorContext<Addressed, byte[]> context;

    ForwardProcessor(TapeCodec codec, TopicCatalogue topics, Moderation moderation, ProcessorMeters meters) {
        this.codec = codec;
        this.topics = topics;
        this.moderation = moderation;
        this.reader = new RecordReader(codec, topics);
        this.meters = meters;
    }

    @Override
    public void init(ProcessorContext<Addressed, byte[]> newContext) {
        context = newContext;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ProcessorContext<Addressed, byte[]> to = Objects.requireNonNull(context);
        Optional<RecordMetadata> at = to.recordMetadata();
        try {
            Object decoded = reader.decode(record.value());
            switch (decoded) {
                case GenerationRequest request -> {
                    require(record, request.getConversationId(), request.getResponseId());
                    if (request.getMessages().isEmpty()) {
                        throw new BadRecordException("the request has no messages");
                    }
                    // Whatever a client claims here is not its to say.
                    GenerationRequest stamped = GenerationRequest.newBuilder(request)
                            .setRuleSetVersion(moderation.versionInForce())
                            .build();
                    forward(to, record, request.getConversationId(), stamped);
                }
                case ControlCommand command -> {
                    require(record, command.getConversationId(), command.getResponseId());
                    switch (command.getType()) {
                        case CANCEL, DELETE -> forward(to, record, command.getConversationId(), command);
                        // Between the fold and producers, or among gateways.
                        case STOP_RUN, UNWATCHED, WATCHED, OTHER -> {}
                    }
                }
                default ->
                    throw new BadRecordException(
                            "a " + decoded.getClass().getSimpleName() + " is neither a request nor an order");
            }
        } catch (BadRecordException e) {
            meters.deadLetter();
            to.forward(
                    DeadLetters.letter(record, at.orElseThrow(), to.taskId().partition(), e.getMessage()),
                    DEAD_LETTER_SINK);
        }
    }

    private <T extends SpecificRecordBase> void forward(
            ProcessorContext<Addressed, byte[]> to, Record<byte[], byte[]> record, String conversationId, T value) {
        Addressed address = Addressed.of(conversationId, topics.partitionOf(conversationId));
        to.forward(
                new Record<>(address, codec.encode(Topic.JOURNAL, value), Math.max(0, record.timestamp())),
                JOURNAL_SINK);
    }

    private void require(Record<byte[], byte[]> record, String conversationId, String responseId) {
        if (!CONVERSATION_ID.matcher(conversationId).matches()) {
            throw new BadRecordException("the conversation id is not 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ -");
        }
        if (!RESPONSE_ID.matcher(responseId).matches()) {
            throw new BadRecordException("the response id is not 1 to 64 letters, digits or -");
        }
        reader.requireKey(record.key(), conversationId);
    }
}

package dev.tokentape.schemas.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever follows the control topic hears each order since a moment, whatever stands between. */
@Timeout(60)
class ControlTailTest {

    private static final TopicCatalogue TOPICS = new TopicCatalogue("", 2, (short) 1);
    private static final String TOPIC = TOPICS.name(Topic.CONTROL);
    private static final long SINCE = 1_000;

    private final TapeCodec codec = new TapeCodec(SchemaRegistry.open("memory:"), TOPICS);
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Log log = new Log();
    private final ControlTail tail = new ControlTail(log, "control-test", TOPIC, codec, SINCE, this::hear);

    @Test
    void whatWasOrderedLatelyIsHeardBeforeTheStartReturns() throws Exception {
        // Given orders of before and after the moment, in both partitions
        log.append(0, SINCE - 1, order("too-old"));
        log.append(0, SINCE, order("a"));
        log.append(1, SINCE + 5, order("b"));

        // When
        tail.startUpToDate();

        // Then
        assertThat(heard).containsExactlyInAnyOrder("a", "b");
        assertThat(tail.running()).isTrue();
        tail.close();
    }

    @Test
    void whatIsOrderedLaterIsHeardToo() throws Exception {
        // Given
        log.append(0, SINCE, order("a"));
        tail.startUpToDate();

        // When
        log.append(1, SINCE + 9, order("later"));

        // Then
        assertThat(next()).isEqualTo("a");
        assertThat(next()).isEqualTo("later");
        tail.close();
    }

    @Test
    void whoDoesNotWaitHearsTheSame() throws Exception {
        // Given
        log.append(0, SINCE - 1, order("too-old"));
        log.append(1, SINCE, order("a"));

        // When
        tail.start();

        // Then
        assertThat(next()).isEqualTo("a");
        log.append(0, SINCE + 9, order("later"));
        assertThat(next()).isEqualTo("later");
        tail.close();
    }

    @Test
    void anOrderThatCannotBeReadOrFailsKeepsNoneOfTheOthersBack() throws Exception {
        // Given
        log.append(0, SINCE, null);
        log.append(0, SINCE, new byte[] {1, 2, 3});
        log.append(0, SINCE, order("fails"));
        log.append(0, SINCE, order("good"));

        // When
        tail.startUpToDate();

        // Then
        assertThat(heard).containsExactly("good");
        assertThat(tail.running()).isTrue();
        tail.close();
    }

    @Test
    void whoDoesNotWaitTriesAgainWhereKafkaDoesNotAnswer() throws Exception {
        // Given a broker that fails when asked where to begin, and once more when read
        log.append(0, SINCE, order("a"));
        log.setOffsetsException(new KafkaException("not yet"));
        log.setPollException(new KafkaException("away"));

        // When
        tail.start();

        // Then
        assertThat(next()).isEqualTo("a");
        tail.close();
    }

    @Test
    void whoWaitsIsToldAndNothingStaysOpen() {
        // Given
        log.setOffsetsException(new KafkaException("not allowed"));

        // When / Then
        assertThatThrownBy(tail::startUpToDate)
                .isInstanceOf(KafkaException.class)
                .hasMessage("not allowed");
        assertThat(log.closed()).isTrue();
        assertThat(tail.running()).isFalse();
    }

    @Test
    void aMissingTopicIsNamed() {
        // Given
        log.updatePartitions(TOPIC, List.of());

        // When / Then
        assertThatThrownBy(tail::startUpToDate)
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining(TOPIC);
        assertThat(log.closed()).isTrue();
    }

    @Test
    void closingEndsTheThreadAndTheConsumer() throws Exception {
        // Given
        tail.start();

        // When
        tail.close();

        // Then
        assertThat(tail.running()).isFalse();
        assertThat(log.closed()).isTrue();
        tail.close();
    }

    private void hear(ControlCommand command) {
        if (command.getResponseId().equals("fails")) {
            throw new IllegalStateException("this one cannot be carried out");
        }
        heard.add(command.getResponseId());
    }

    private String next() throws InterruptedException {
        return Optional.ofNullable(heard.poll(30, TimeUnit.SECONDS)).orElse("nothing within 30 s");
    }

    private byte[] order(String responseId) {
        return codec.encode(
                Topic.CONTROL,
                ControlCommand.newBuilder()
                        .setType(ControlType.CANCEL)
                        .setConversationId("c-1")
                        .setResponseId(responseId)
                        .setReason("client_request")
                        .setRequestedAt(Instant.EPOCH)
                        .build());
    }

    /** A topic of two partitions in memory, whose records have a time. */
    private static final class Log extends MockConsumer<byte[], byte[]> {
        private final List<List<ConsumerRecord<byte[], byte[]>>> records = new ArrayList<>();
        private boolean assigned;

        Log() {
            super("earliest");
            List<PartitionInfo> partitions = new ArrayList<>();
            for (int partition = 0; partition < TOPICS.partitions(); partition++) {
                partitions.add(new PartitionInfo(TOPIC, partition, Node.noNode(), new Node[0], new Node[0]));
                records.add(new ArrayList<>());
                updateEndOffsets(Map.of(new TopicPartition(TOPIC, partition), 0L));
            }
            updatePartitions(TOPIC, partitions);
        }

        synchronized void append(int partition, long millis, byte @Nullable [] value) {
            List<ConsumerRecord<byte[], byte[]>> log = records.get(partition);
            ConsumerRecord<byte[], byte[]> written = new ConsumerRecord<>(
                    TOPIC,
                    partition,
                    log.size(),
                    millis,
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    new byte[0],
                    value,
                    new RecordHeaders(),
                    Optional.empty());
            log.add(written);
            updateEndOffsets(Map.of(new TopicPartition(TOPIC, partition), (long) log.size()));
            if (assigned) {
                addRecord(written);
            }
        }

        @Override
        public synchronized void assign(Collection<TopicPartition> partitions) {
            super.assign(partitions);
            if (!assigned) {
                records.forEach(log -> log.forEach(this::addRecord));
                assigned = true;
            }
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> wanted) {
            Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
            wanted.forEach((place, since) -> records.get(place.partition()).stream()
                    .filter(record -> record.timestamp() >= since)
                    .findFirst()
                    .ifPresent(
                            record -> found.put(place, new OffsetAndTimestamp(record.offset(), record.timestamp()))));
            return found;
        }
    }
}

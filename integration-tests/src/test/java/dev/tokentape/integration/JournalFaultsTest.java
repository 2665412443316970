package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What readers see when the journal holds more than it should: nothing. */
class JournalFaultsTest {

    private static final String MODEL = "sim?tps=60&tokens=180&ttft=20";
    private static final byte[] POISON = {1, 2, 3};

    private static House house;
    private static Client client;
    private static KafkaProducer<String, byte[]> kafka;

    @BeforeAll
    static void start() {
        house = House.complete();
        client = new Client(house.gateway().url());
        kafka = new KafkaProducer<>(
                Map.of("bootstrap.servers", house.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        kafka.close();
        house.close();
    }

    private static void append(Topic topic, String key, byte[] value) {
        kafka.send(new ProducerRecord<>(house.catalogue().name(topic), key, value));
    }

    private static void assertWhole(EventStream reader, String response, String conversation) {
        List<Long> sequences = reader.sequences(response);
        assertThat(sequences)
                .isEqualTo(LongStream.range(0, sequences.size()).boxed().toList());
        assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
        assertThat(reader.text(response))
                .isEqualTo(client.askAndWait(conversation + "-twin", "The same", "sim?tps=5000&tokens=180&ttft=1")
                        .get("text")
                        .textValue());
    }

    @Test
    void rawEventsThatStandThereTwiceAreReadOnce() {
        // Given an answer half-way
        String response =
                client.ask("repeated", "The same", MODEL).get("response_id").textValue();
        EventStream reader = client.answer("repeated", response);
        reader.awaitEvents(60);

        // When all that its run has said is written again
        List<ConsumerRecord<String, byte[]>> said = house.read(Topic.JOURNAL).stream()
                .filter(record -> house.codec().decode(record.value()) instanceof TokenEvent event
                        && event.envelope().responseId().equals(response))
                .toList();
        said.forEach(record -> append(Topic.JOURNAL, record.key(), record.value()));
        kafka.flush();
        reader.awaitClosed();

        // Then
        assertThat(said).hasSizeGreaterThan(50);
        assertWhole(reader, response, "repeated");
    }

    @Test
    void recordsThatNobodyUnderstandsGoToTheDeadLettersAndTheAnswerGoesOn() {
        // Given an answer half-way
        String response =
                client.ask("poisoned", "The same", MODEL).get("response_id").textValue();
        EventStream reader = client.answer("poisoned", response);
        reader.awaitEvents(30);

        // When such records come into its partition, by every way there is
        List<Topic> ways = List.of(Topic.JOURNAL, Topic.REQUESTS, Topic.CONTROL);
        ways.forEach(topic -> append(topic, "poisoned", POISON));
        kafka.flush();
        reader.awaitClosed();

        // Then
        assertWhole(reader, response, "poisoned");
        List<String> from = new ArrayList<>();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            from.clear();
            house.read(Topic.DEAD_LETTERS).forEach(letter -> {
                assertThat(letter.value()).isEqualTo(POISON);
                from.add(new String(letter.headers().lastHeader("topic").value(), StandardCharsets.UTF_8));
            });
            return from.size() == ways.size();
        });
        assertThat(from)
                .containsExactlyInAnyOrderElementsOf(
                        ways.stream().map(house.catalogue()::name).toList());
    }
}

package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.topic.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What readers see when processes of ours die without a word. */
class CrashTest {

    private static final String SLOW = "sim?tps=40&tokens=200&ttft=20";

    @Test
    void aProcessorKilledMidAnswerLosesAndChangesNothing() {
        try (House house = House.start()) {
            // Given an answer half-way, and a second processor process at hand
            int port = House.freePort();
            house.setting("gateway.processor-urls", "http://127.0.0.1:" + port);
            ServiceProcess first = house.processorProcess(port);
            house.producer();
            Client client = new Client(house.gateway().url());
            String response = ask(client, "killed-processor", SLOW);
            EventStream reader = client.answer("killed-processor", response);
            reader.awaitEvents(40);

            // When
            first.kill();
            house.processorProcess(port);
            reader.awaitClosed();

            // Then
            assertWhole(reader, response);
            assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
            assertThat(reader.text(response)).isEqualTo(whatTheUpstreamSays(client, "killed-processor-twin"));
            assertTapeRepeatsOnlyItself(house, response);
        }
    }

    @Test
    void aProducerKilledMidAnswerEndsInOneErrorBecauseTokensWereShown() {
        try (House house = House.start()) {
            // Given
            house.processor();
            ServiceProcess producer = house.producerProcess();
            Client client = new Client(house.gateway().url());
            String response = ask(client, "killed-producer", SLOW);
            EventStream reader = client.answer("killed-producer", response);
            reader.awaitEvents(40);

            // When
            producer.kill();
            reader.awaitClosed();

            // Then
            assertWhole(reader, response);
            JsonNode end = reader.events().getLast();
            assertThat(end.get("type").textValue()).isEqualTo("error");
            assertThat(end.at("/error/code").textValue()).isEqualTo("producer_lost");
        }
    }

    @Test
    void aProducerKilledMidAnswerIsReplacedWhereThePolicySaysRestart() {
        try (House house = House.start()) {
            // Given
            house.processor();
            ServiceProcess producer = house.producerProcess();
            Client client = new Client(house.gateway().url());
            JsonNode asked = Client.parse(client.postBody(
                            "restarted",
                            Map.of("prompt", "Again and again", "model", SLOW, "on_attempt_lost", "restart"),
                            Map.of())
                    .body());
            String response = asked.get("response_id").textValue();
            EventStream reader = client.answer("restarted", response);
            reader.awaitEvents(40);

            // When
            producer.kill();
            house.producer();
            reader.awaitClosed();

            // Then
            assertWhole(reader, response);
            assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
            assertThat(reader.events().stream()
                            .filter(event -> event.get("type").textValue().equals("message_start"))
                            .map(event -> event.get("attempt").intValue()))
                    .containsExactly(1, 2);
        }
    }

    @Test
    void aProducerKilledBeforeTheFirstTokenIsReplaced() {
        try (House house = House.start()) {
            // Given an upstream call that has not answered yet
            house.processor();
            ServiceProcess producer = house.producerProcess();
            Client client = new Client(house.gateway().url());
            String response = ask(client, "killed-early", "sim?tps=200&tokens=20&ttft=4000");
            EventStream reader = client.answer("killed-early", response);
            reader.awaitUntil(_ -> !house.simulator().calls().isEmpty());

            // When
            producer.kill();
            house.producer();
            reader.awaitClosed();

            // Then
            assertWhole(reader, response);
            assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
        }
    }

    @Test
    void aJobHandedOutTwiceNeverMixesTwoRuns() {
        try (House house = House.start()) {
            // Given two producers and an answer half-way
            house.processor();
            house.producer();
            house.producer();
            Client client = new Client(house.gateway().url());
            String response = ask(client, "twice", SLOW);
            EventStream reader = client.answer("twice", response);
            reader.awaitEvents(20);

            // When its job is handed out again
            repeatTheJob(house, response);
            reader.awaitUntil(_ -> house.simulator().calls().size() >= 2
                    || !reader.terminals(response).isEmpty());
            reader.awaitClosed();

            // Then
            assertWhole(reader, response);
            Set<String> runs = tape(house, response).stream()
                    .map(record ->
                            house.codec().decodeEvent(record.value()).envelope().runId())
                    .filter(run -> run != null)
                    .collect(Collectors.toSet());
            assertThat(runs).hasSize(1);
            assertThat(reader.text(response)).isEqualTo(whatTheUpstreamSays(client, "twice-twin"));
        }
    }

    private static void repeatTheJob(House house, String response) {
        ConsumerRecord<String, byte[]> job = house.read(Topic.JOBS).stream()
                .filter(record -> house.codec()
                        .decode(record.value(), GenerationJob.class)
                        .getResponseId()
                        .equals(response))
                .findFirst()
                .orElseThrow();
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", house.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(house.catalogue().name(Topic.JOBS), job.key(), job.value()));
        }
    }

    /** The tape may hold a stretch twice, but then it is the same, byte for byte in what identifies an event. */
    private static void assertTapeRepeatsOnlyItself(House house, String response) {
        Map<Long, Object> bySequence = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : tape(house, response)) {
            var event = house.codec().decodeEvent(record.value());
            Object earlier = bySequence.putIfAbsent(event.envelope().sequence(), event);
            if (earlier != null) {
                assertThat(event).isEqualTo(earlier);
            }
        }
    }

    private static List<ConsumerRecord<String, byte[]>> tape(House house, String response) {
        return house.read(Topic.TOKENS).stream()
                .filter(record -> house.codec()
                        .decodeEvent(record.value())
                        .envelope()
                        .responseId()
                        .equals(response))
                .toList();
    }

    /** The simulator says the same to the same prompt. */
    private static String whatTheUpstreamSays(Client client, String conversation) {
        return client.askAndWait(conversation, "The same for everybody", "sim?tps=5000&tokens=200&ttft=1")
                .get("text")
                .textValue();
    }

    private static String ask(Client client, String conversation, String model) {
        return client.ask(conversation, "The same for everybody", model)
                .get("response_id")
                .textValue();
    }

    private static void assertWhole(EventStream stream, String response) {
        List<Long> sequences = stream.sequences(response);
        assertThat(sequences)
                .isEqualTo(LongStream.range(0, sequences.size()).boxed().toList());
        assertThat(stream.terminals(response)).hasSize(1);
    }
}

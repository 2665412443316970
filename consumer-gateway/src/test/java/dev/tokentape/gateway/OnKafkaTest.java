package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole gateway on a real broker; the processor is played by the test. */
@Timeout(120)
class OnKafkaTest {

    private static final TopicCatalogue TOPICS = new TopicCatalogue("gw.", 3, (short) 1);

    private final Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private final EmbeddedKafka kafka;
    private final TapeCodec codec;

    OnKafkaTest(@TempDir Path folder) {
        this.folder = folder;
        kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
        codec = new TapeCodec(SchemaRegistry.open(registry()), TOPICS);
    }

    @BeforeEach
    void createTopics() {
        try (Admin admin = Admin.create(properties())) {
            TopicAdmin topics = new TopicAdmin(admin, TOPICS);
            topics.create();
            // The controller has them at once, the broker's own view a moment later.
            await().until(() -> topics.check().isEmpty());
        }
    }

    @AfterEach
    void stop() {
        kafka.close();
        client.shutdownNow();
    }

    private String registry() {
        return folder.resolve("schemas.json").toUri().toString();
    }

    private Map<String, Object> properties() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    private Gateway gateway() {
        Settings settings = Settings.of(Map.of(
                "kafka.bootstrap.servers", kafka.bootstrapServers(),
                "schema.registry.url", registry(),
                "topics.prefix", "gw.",
                "topics.partitions", "3",
                "topics.replication-factor", "1",
                "gateway.port", "0",
                "gateway.processor-urls", "http://127.0.0.1:1"));
        return Gateway.start(GatewayConfig.from(settings), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    private void put(List<TokenEvent> events) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (TokenEvent event : events) {
                String conversation = event.envelope().conversationId();
                producer.send(new ProducerRecord<>(
                        TOPICS.name(Topic.TOKENS),
                        TOPICS.partitionOf(conversation),
                        conversation.getBytes(UTF_8),
                        codec.encode(Topic.TOKENS, event)));
            }
        }
    }

    private ConsumerRecord<byte[], byte[]> only(Topic topic, String conversationId) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPICS.name(topic), TOPICS.partitionOf(conversationId));
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var records = consumer.poll(Duration.ofSeconds(20)).records(partition);
            assertThat(records).hasSize(1);
            return records.getFirst();
        }
    }

    private HttpResponse<String> post(Gateway gateway, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.url() + path))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofString(body));
        return client.send((headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    private List<SseClient.Event> events(Gateway gateway, String path, int count) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path)).build();
        try (SseClient sse = new SseClient(client.send(request, BodyHandlers.ofInputStream()))) {
            return sse.take(count);
        }
    }

    private static List<TokenEvent> answer(String conversationId, String responseId) {
        FakeTape tape = new FakeTape();
        List<TokenEvent> events = new java.util.ArrayList<>();
        tape.onAppend = events::add;
        new Answering(tape, conversationId, responseId).whole("Hello?", "a", "b", "c");
        return events;
    }

    @Test
    void asksAndOrdersAreRecordsWhereTheProcessorLooks() throws Exception {
        try (Gateway gateway = gateway()) {
            // When an answer is asked for and cancelled
            String path = "/v1/conversations/talk/responses";
            HttpResponse<String> asked = post(gateway, path, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k");
            String responseId = json(asked).path("response_id").asText();
            HttpResponse<String> cancelled = post(gateway, path + "/" + responseId + "/cancel", "");

            // Then both lie on their topics, in the conversation's partition and under its key
            assertThat(asked.statusCode()).isEqualTo(202);
            assertThat(cancelled.statusCode()).isEqualTo(202);
            ConsumerRecord<byte[], byte[]> ask = only(Topic.REQUESTS, "talk");
            assertThat(new String(ask.key(), UTF_8)).isEqualTo("talk");
            GenerationRequest request = codec.decode(ask.value(), GenerationRequest.class);
            assertThat(request.getResponseId()).isEqualTo(responseId);
            assertThat(request.getIdempotencyKey()).isEqualTo("k");
            ControlCommand order = codec.decode(only(Topic.CONTROL, "talk").value(), ControlCommand.class);
            assertThat(order.getResponseId()).isEqualTo(responseId);
        }
    }

    @Test
    void aRestartedGatewayHonoursEveryOldCursor() throws Exception {
        // Given an answer that was read at a gateway which is gone
        String responseId = UUID.randomUUID().toString();
        String path = "/v1/conversations/talk/responses/" + responseId + "/events";
        List<TokenEvent> answer = answer("talk", responseId);
        List<SseClient.Event> whole;
        try (Gateway first = gateway()) {
            put(answer);
            whole = events(first, path, answer.size());
        }

        try (Gateway second = gateway()) {
            for (int i = 0; i < whole.size() - 1; i++) {
                // When reading goes on at another, after any of its events
                HttpRequest request = HttpRequest.newBuilder(URI.create(second.url() + path))
                        .header("Last-Event-ID", whole.get(i).id())
                        .build();
                List<SseClient.Event> rest = new SseClient(client.send(request, BodyHandlers.ofInputStream())).rest();

                // Then exactly the rest comes
                assertThat(rest.stream()
                                .map(event -> event.json().path("sequence").asInt()))
                        .containsExactlyElementsOf(whole.subList(i + 1, whole.size()).stream()
                                .map(event -> event.json().path("sequence").asInt())
                                .toList());
            }
            // And whoever has all of it is told so
            HttpRequest done = HttpRequest.newBuilder(URI.create(second.url() + path))
                    .header("Last-Event-ID", whole.getLast().id())
                    .build();
            assertThat(client.send(done, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
        }
    }

    /**
     * The sequences that a reader comes by who goes to the second gateway, with its cursor, when the first ends its
     * stream.
     */
    private List<Integer> sequences(Gateway first, Gateway second, String path, int count, Runnable onFirst)
            throws Exception {
        List<Integer> sequences = new ArrayList<>();
        String cursor = "";
        for (Gateway gateway : List.of(first, second)) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.url() + path));
            if (!cursor.isEmpty()) {
                request.header("Last-Event-ID", cursor);
            }
            Stream<String> lines =
                    client.send(request.build(), BodyHandlers.ofLines()).body();
            for (Iterator<String> each = lines.iterator(); sequences.size() < count && each.hasNext(); ) {
                String line = each.next();
                if (line.startsWith("id: ")) {
                    cursor = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    sequences.add(json(line.substring("data: ".length()))
                            .path("sequence")
                            .asInt(-1));
                    onFirst.run();
                }
            }
        }
        return sequences;
    }

    @Test
    void whoIsSentAwayByADrainingGatewayReadsOnAtAnotherWithoutLossOrRepeat() throws Exception {
        // Given many readers of answers that are half told, all at one gateway
        int conversations = 12;
        int readersEach = 10;
        List<List<TokenEvent>> answers = new ArrayList<>();
        for (int i = 0; i < conversations; i++) {
            answers.add(answer("talk-" + i, UUID.randomUUID().toString()));
        }
        int length = answers.getFirst().size();
        CountDownLatch reading = new CountDownLatch(conversations * readersEach * length / 2);
        Gateway first = gateway();
        try (Gateway second = gateway();
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> read = new ArrayList<>();
            for (List<TokenEvent> answer : answers) {
                put(answer.subList(0, length / 2));
                var envelope = answer.getFirst().envelope();
                String path = "/v1/conversations/%s/responses/%s/events"
                        .formatted(envelope.conversationId(), envelope.responseId());
                for (int i = 0; i < readersEach; i++) {
                    read.add(readers.submit(() -> sequences(first, second, path, length, reading::countDown)));
                }
            }
            assertThat(reading.await(60, TimeUnit.SECONDS)).isTrue();

            // When it closes while the answers go on
            Future<?> closing = readers.submit(first::close);
            for (List<TokenEvent> answer : answers) {
                put(answer.subList(length / 2, length));
            }

            // Then each reader has every event once, in order
            closing.get(60, TimeUnit.SECONDS);
            for (Future<List<Integer>> each : read) {
                assertThat(each.get(60, TimeUnit.SECONDS))
                        .containsExactlyElementsOf(
                                IntStream.range(0, length).boxed().toList());
            }
        } finally {
            first.close();
        }
    }

    @Test
    void theLargestBodyIsARecordToo() throws Exception {
        try (Gateway gateway = gateway()) {
            // When a body is almost as large as may be
            HttpResponse<String> fits =
                    post(gateway, "/v1/conversations/talk/responses", "{\"prompt\":\"" + "x".repeat(8_000_000) + "\"}");

            // Then it fits into a record
            assertThat(fits.statusCode()).isEqualTo(202);
            assertThat(only(Topic.REQUESTS, "talk").value()).hasSizeGreaterThan(8_000_000);
        }
    }

    @Test
    void whenKafkaIsAwayAsksAreRefusedAndTheRestGoesOn() throws Exception {
        try (Gateway gateway = gateway()) {
            // Given a broker that has gone
            kafka.close();

            // When an answer is asked for
            HttpResponse<String> refused = post(gateway, "/v1/conversations/talk/responses", "{\"prompt\":\"Hello?\"}");
            HttpResponse<String> health = client.send(
                    HttpRequest.newBuilder(URI.create(gateway.url() + "/health"))
                            .build(),
                    BodyHandlers.ofString());

            // Then the client may come back, and the loops were not held up
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(json(refused).path("type").asText()).isEqualTo("urn:tokentape:problem:kafka-unavailable");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(health.statusCode()).isEqualTo(200);
        }
    }
}

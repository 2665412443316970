package dev.tokentape.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that are made to cost more than their bytes, eight at a time, against a gateway with 256 MB of heap. */
@Timeout(300)
class HostileBodiesTest {

    private static final TopicCatalogue TOPICS = new TopicCatalogue("hb.", 3, (short) 1);
    private static final int LARGEST = 8_250_000;
    private static final int LARGEST_MESSAGE = 1_000_000;
    private static final int AT_A_TIME = 8;
    private static final String ANSWER = "0198c7a2-1d5e-7cc3-9d53-000000000001";
    private static final List<String> ROUTES = List.of(
            "/v1/conversations/c/responses",
            "/v1/conversations/c/tool-results",
            "/v1/conversations/c/responses",
            "/v1/conversations/c/responses/" + ANSWER + "/cancel",
            "/v1/conversations/c/responses",
            "/v1/tickets",
            "/v1/conversations/c/responses",
            "/v1/conversations/c/tool-results");

    @TempDir
    static Path folder = Path.of("");

    private static EmbeddedKafka kafka;
    private static SmallGateway gateway;
    private static TapeCodec codec;
    private static KafkaProducer<byte[], byte[]> producer;
    private static HttpClient client;
    private static final AtomicInteger sequence = new AtomicInteger();

    /** A body with one piece again and again, each with its number, as long as is allowed. */
    private record Body(String name, String begin, IntFunction<byte[]> piece, String end) {
        byte[] bytes(int most) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(most);
            bytes.writeBytes(begin.getBytes(UTF_8));
            byte[] last = end.getBytes(UTF_8);
            for (int i = 0; ; i++) {
                byte[] next = piece.apply(i);
                if (bytes.size() + next.length + last.length > most) {
                    break;
                }
                bytes.writeBytes(next);
            }
            bytes.writeBytes(last);
            return bytes.toByteArray();
        }

        static Body of(String name, String begin, String piece, String end) {
            byte[] bytes = piece.getBytes(UTF_8);
            return new Body(name, begin, _ -> bytes, end);
        }

        static Body numbered(String name, String begin, IntFunction<String> piece, String end) {
            return new Body(name, begin, i -> piece.apply(i).getBytes(UTF_8), end);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Body> bodies() {
        return Stream.of(
                Body.numbered("unknown names", "{\"prompt\":\"p\"", i -> ",\"n" + i + "\":1", "}"),
                Body.numbered(
                        "unknown names in messages",
                        "{\"messages\":[{\"role\":\"user\"",
                        i -> ",\"n" + i + "\":1",
                        "}]}"),
                Body.numbered(
                        "unknown names in results",
                        "{\"results\":[{\"content\":\"a\"",
                        i -> ",\"n" + i + "\":1",
                        "}]}"),
                Body.numbered(
                        "names where any may stand",
                        "{\"prompt\":\"p\",\"extra\":{\"a\":1",
                        i -> ",\"n" + i + "\":1",
                        "}}"),
                Body.numbered("one name again and again", "{\"prompt\":\"p\"", _ -> ",\"model\":\"m\"", "}"),
                Body.numbered(
                        "long names",
                        "{\"prompt\":\"p\",\"extra\":{\"a\":1",
                        i -> ",\"" + i + "n".repeat(900) + "\":1",
                        "}}"),
                Body.of("a name without end", "{\"", "n", "\":1}"),
                Body.of("empty objects", "{\"prompt\":\"p\",\"extra\":{\"a\":[{}", ",{}", "]}}"),
                Body.of("empty objects for messages", "{\"messages\":[{}", ",{}", "]}"),
                Body.of("numbers for parts", "{\"messages\":[{\"role\":\"user\",\"content\":[1", ",1", "]}]}"),
                Body.of(
                        "messages of one part",
                        "{\"messages\":[{}",
                        ",{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}",
                        "]}"),
                Body.numbered(
                        "tools",
                        "{\"prompt\":\"p\",\"tools\":[{\"name\":\"t\"}",
                        i -> ",{\"name\":\"t" + i + "\"}",
                        "]}"),
                Body.numbered(
                        "results",
                        "{\"response_id\":\"" + ANSWER + "\",\"results\":[{}",
                        i -> ",{\"tool_call_id\":\"" + i + "\",\"content\":\"\"}",
                        "]}"),
                Body.of("empty arrays", "{\"prompt\":\"p\",\"extra\":{\"a\":[[]", ",[]", "]}}"),
                Body.of(
                        "deep arrays",
                        "{\"prompt\":\"p\",\"extra\":{\"a\":[1",
                        "," + "[".repeat(190) + "]".repeat(190),
                        "]}}"),
                Body.of("too deep", "{\"prompt\":\"p\",\"extra\":{\"a\":", "[", "]}}"),
                Body.of("empty strings", "{\"prompt\":\"p\",\"extra\":{\"a\":[\"\"", ",\"\"", "]}}"),
                Body.of("numbers", "{\"prompt\":\"p\",\"extra\":{\"a\":[1", ",1", "]}}"),
                Body.of("fractions", "{\"prompt\":\"p\",\"extra\":{\"a\":[1", ",1e9", "]}}"),
                Body.of("huge numbers", "{\"prompt\":\"p\",\"extra\":{\"a\":[1", "," + "9".repeat(990), "]}}"),
                Body.of("a number without end", "{\"prompt\":\"p\",\"max_tokens\":1", "9", "}"),
                Body.of("a prompt", "{\"prompt\":\"", "a", "\"}"),
                Body.of("a prompt of escapes", "{\"prompt\":\"", "\\u4e00", "\"}"),
                Body.of("a prompt with one wide character", "{\"prompt\":\"一", "a", "\"}"),
                Body.of("spaces", "{\"prompt\":\"p\"", " ", "}"),
                Body.of("an array", "[1", ",{}", "]"),
                Body.of("no end", "{\"prompt\":\"p\",\"extra\":{\"a\":[{}", ",{}", ""));
    }

    @BeforeAll
    static void start() throws IOException {
        kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
        String registry = folder.resolve("schemas.json").toUri().toString();
        codec = new TapeCodec(SchemaRegistry.open(registry), TOPICS);
        try (Admin admin = Admin.create(properties())) {
            TopicAdmin topics = new TopicAdmin(admin, TOPICS);
            topics.create();
            await().atMost(Duration.ofMinutes(1)).until(() -> topics.check().isEmpty());
        }
        producer = new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer());
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        gateway = SmallGateway.start(Map.of(
                "kafka.bootstrap.servers", kafka.bootstrapServers(),
                "schema.registry.url", registry,
                "topics.prefix", "hb.",
                "topics.partitions", "3",
                "topics.replication-factor", "1",
                "gateway.port", "0",
                "gateway.processor-urls", "http://127.0.0.1:1"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        client.shutdownNow();
        producer.close();
        kafka.close();
    }

    private static Map<String, Object> properties() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void noBodyEndsTheGatewayOrHoldsUpOthers(Body body) throws Exception {
        // Given somebody who reads, and bodies of one shape for every route that takes one
        byte[] largest = body.bytes(LARGEST);
        String message = new String(body.bytes(LARGEST_MESSAGE), UTF_8);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Reading reader = new Reading(gateway.url())) {
            put();
            reader.next();

            // When they come, eight at a time, and as messages on sockets
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME; i++) {
                String route = ROUTES.get(i);
                answers.add(threads.submit(() -> answer(route, largest)));
            }
            Future<Boolean> socket = threads.submit(() -> said(message));
            put();
            String meanwhile = reader.next();
            int ready = get("/ready").statusCode();

            // Then each is answered: taken, refused, or put off
            for (Future<String> answer : answers) {
                assertThat(answer.get()).matches("(?s)HTTP/1.1 (202|400|404|413|422|503) .*");
            }
            assertThat(socket.get()).isTrue();
            // And meanwhile others are served, nothing is held, and the next is taken
            assertThat(meanwhile).contains("content_block_delta");
            assertThat(ready).isEqualTo(200);
            assertThat(gateway.isAlive()).isTrue();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(get("/metrics").body()).contains("tokentape_gateway_request_memory_bytes 0.0"));
            assertThat(answer("/v1/conversations/d/responses", "{\"prompt\":\"Hello?\"}".getBytes(UTF_8)))
                    .startsWith("HTTP/1.1 202");
        }
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(gateway.url().resolve(path)).build(), BodyHandlers.ofString());
    }

    private static String answer(String route, byte[] body) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.url().getPort())) {
            connection.socket.setSoTimeout(120_000);
            connection.send("POST " + route
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length + "\r\n\r\n");
            try {
                connection.send(body);
            } catch (IOException _) {
                // Refused before it was all there; the answer says why.
            }
            return connection.answer();
        }
    }

    /** Whether a message of any kind is answered, or the socket closed. */
    private static boolean said(String message) throws InterruptedException {
        try (SocketClient socket = new SocketClient(client, gateway.url())) {
            socket.say(message);
            return socket.next().path("type").asText().equals("refused");
        }
    }

    private static void put() {
        int next = sequence.getAndIncrement();
        TokenEvent event = new TokenEvent.BlockDelta(
                FakeTape.envelope("quiet", ANSWER, next, 0), DeltaType.TEXT, "token " + next, null);
        producer.send(new ProducerRecord<>(
                TOPICS.name(Topic.TOKENS),
                TOPICS.partitionOf("quiet"),
                "quiet".getBytes(UTF_8),
                codec.encode(Topic.TOKENS, event)));
    }

    /** A reader of the quiet conversation. */
    private static final class Reading implements AutoCloseable {
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final InputStream stream;

        Reading(URI gateway) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/v1/conversations/quiet/events"))
                    .header("Accept", "text/event-stream")
                    .build();
            stream = client.send(request, BodyHandlers.ofInputStream()).body();
            Thread.ofVirtual().start(() -> {
                try {
                    new BufferedReader(new InputStreamReader(stream, UTF_8))
                            .lines()
                            .filter(line -> line.startsWith("data:"))
                            .forEach(events::add);
                } catch (java.io.UncheckedIOException _) {
                    // Closed.
                }
            });
        }

        String next() throws InterruptedException {
            String next = events.poll(60, TimeUnit.SECONDS);
            if (next == null) {
                throw new IllegalStateException("no event came");
            }
            return next;
        }

        @Override
        public void close() throws IOException {
            // Not by the reader, which waits for its lines.
            stream.close();
        }
    }
}

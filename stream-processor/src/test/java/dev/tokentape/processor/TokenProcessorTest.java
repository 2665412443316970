package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The processor on a real broker. */
@TestMethodOrder(MethodOrderer.MethodName.class)
class TokenProcessorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startBroker() {
        cluster = new Cluster(directory);
    }

    @AfterAll
    static void stopBroker() {
        cluster.close();
    }

    private static TokenProcessor processor(String application, String name) {
        Map<String, String> settings = cluster.settings(name);
        settings.put("processor.application-id", application);
        return TokenProcessor.start(ProcessorConfig.from(Settings.of(settings)), new SimpleMeterRegistry());
    }

    private HttpResponse<String> get(URI base, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** One run's records: its first {@code texts} tokens of an answer, or the rest and the end. */
    private static void begin(Entries answer, Entries.Run run, int texts) {
        cluster.journal(run.taken());
        cluster.journal(run.start());
        cluster.journal(run.blockStart(0, BlockType.TEXT));
        for (int i = 0; i < texts; i++) {
            cluster.journal(run.text(answer.key().responseId() + "-" + i + " "));
        }
    }

    private static String text(Entries answer, int texts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < texts; i++) {
            text.append(answer.key().responseId()).append('-').append(i).append(' ');
        }
        return text.toString();
    }

    @Test
    void aKilledProcessorsAnswersGoOnWithoutLossOrChange() throws Exception {
        // Given twenty answers in the middle, on a processor of its own process
        int half = 30;
        int whole = 60;
        List<Entries> answers = new ArrayList<>();
        List<Entries.Run> runs = new ArrayList<>();
        Process first = spawn("kill", "kill-first");
        Cluster.Tape tape = cluster.reader(Topic.TOKENS);
        Cluster.Tape jobs = cluster.reader(Topic.JOBS);
        for (int i = 0; i < 20; i++) {
            Entries answer = new Entries("kill-" + i, "k" + i);
            answers.add(answer);
            runs.add(answer.run(1, "kill-run-" + i));
            cluster.request(answer.request("prompt " + i));
        }
        await().atMost(PATIENCE).until(() -> jobs.poll().size() >= 20);
        for (int i = 0; i < 20; i++) {
            begin(answers.get(i), runs.get(i), half);
        }
        cluster.flush();
        await().atMost(PATIENCE).until(() -> tape.poll().size() >= 20 * half / 2);

        // When it is killed, runs speak on, and another takes over
        first.destroyForcibly().waitFor();
        for (int i = 0; i < 20; i++) {
            Entries answer = answers.get(i);
            for (int text = half; text < whole; text++) {
                cluster.journal(runs.get(i).text(answer.key().responseId() + "-" + text + " "));
            }
            if (i % 2 == 0) {
                cluster.journal(runs.get(i).blockStop(0));
                cluster.journal(runs.get(i).stop());
            }
        }
        cluster.flush();
        try (TokenProcessor second = processor("kill", "kill-second")) {
            for (int i = 1; i < 20; i += 2) {
                cluster.journal(runs.get(i).blockStop(0));
                cluster.journal(runs.get(i).stop());
            }
            cluster.flush();
            await().atMost(PATIENCE)
                    .until(() -> tape.events().stream()
                                    .filter(event -> event.isTerminal()
                                            && event.envelope().conversationId().startsWith("kill-"))
                                    .map(event -> event.envelope().responseId())
                                    .distinct()
                                    .count()
                            == 20);

            // Then
            Map<String, List<Bytes>> seen = new HashMap<>();
            long repeats = 0;
            for (var record : tape.records) {
                TokenEvent event = cluster.codec.decodeEvent(record.value());
                List<Bytes> events = seen.computeIfAbsent(event.envelope().responseId(), _ -> new ArrayList<>());
                int sequence = (int) event.envelope().sequence();
                assertThat(sequence).as("nothing is missing").isLessThanOrEqualTo(events.size());
                if (sequence < events.size()) {
                    repeats++;
                    assertThat(Bytes.wrap(record.value())).isEqualTo(events.get(sequence));
                } else {
                    events.add(Bytes.wrap(record.value()));
                }
            }
            System.out.println("TokenProcessorTest: events published again after the kill: " + repeats);
            for (Entries answer : answers) {
                StringBuilder text = new StringBuilder();
                for (Bytes bytes : seen.getOrDefault(answer.key().responseId(), List.of())) {
                    if (cluster.codec.decodeEvent(bytes.get()) instanceof TokenEvent.BlockDelta delta) {
                        text.append(delta.text());
                    }
                }
                assertThat(text).hasToString(text(answer, whole));
                HttpResponse<String> stored = get(
                        second.url(),
                        "/internal/v1/conversations/" + answer.key().conversationId() + "/responses/"
                                + answer.key().responseId());
                assertThat(stored.statusCode()).isEqualTo(200);
                assertThat(stored.body()).contains(text(answer, whole)).contains("\"status\":\"completed\"");
            }
        } finally {
            first.destroyForcibly();
        }
    }

    @Test
    void anyInstanceAnswersForAllConversations() throws Exception {
        // Given two instances in this process, and an answer in every partition
        try (TokenProcessor one = processor("pair", "pair-one");
                TokenProcessor two = processor("pair", "pair-two")) {
            await().atMost(PATIENCE).until(() -> one.ready() && two.ready());
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            List<Entries> answers = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Entries answer = new Entries("pair-" + i, "p" + i);
                answers.add(answer);
                cluster.request(answer.request("prompt"));
                cluster.control(answer.cancel("client_request"));
            }
            cluster.flush();
            await().atMost(PATIENCE)
                    .until(() -> tape.events().stream()
                                    .filter(event -> event.isTerminal()
                                            && event.envelope().conversationId().startsWith("pair-"))
                                    .count()
                            >= 12);

            // When each is asked at both
            for (Entries answer : answers) {
                String path = "/internal/v1/conversations/" + answer.key().conversationId();
                for (URI instance : List.of(one.url(), two.url())) {
                    // Then both know, once the partitions have come to rest
                    await().atMost(PATIENCE).untilAsserted(() -> {
                        HttpResponse<String> found = get(instance, path);
                        assertThat(found.statusCode()).isEqualTo(200);
                        assertThat(found.body())
                                .startsWith(
                                        "{\"conversation_id\":\"" + answer.key().conversationId() + "\",\"turns\":[{")
                                .contains("\"status\":\"cancelled\"");
                    });
                }
            }
            assertThat(get(one.url(), "/internal/v1/conversations/nobody").body())
                    .isEqualTo("{\"conversation_id\":\"nobody\",\"turns\":[]}");
            assertThat(get(two.url(), "/internal/v1/conversations/pair-1/responses/unknown")
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void theConversationsOfAnInstanceAreListedPageByPage() throws Exception {
        // Given an answer in each of seven conversations, one of which is the beginning of another's name, and two in
        // one
        try (TokenProcessor processor = processor("list", "list")) {
            List<String> conversations = List.of("list", "list-1", "list-10", "list-2", "list-a", "list-b", "list.c");
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            List<Entries> answers = new ArrayList<>();
            conversations.forEach(conversation ->
                    answers.add(new Entries(conversation, "answer-" + conversations.indexOf(conversation))));
            answers.add(new Entries("list-1", "answer-two"));
            for (Entries answer : answers) {
                cluster.request(answer.request("prompt"));
                cluster.control(answer.cancel("client_request"));
            }
            cluster.flush();
            await().atMost(PATIENCE)
                    .until(() -> tape.events().stream()
                                    .filter(event -> event.isTerminal()
                                            && event.envelope().responseId().startsWith("answer-"))
                                    .count()
                            >= answers.size());

            // When they are read in pages of three, from the one before the first
            List<String> listed = new ArrayList<>();
            String after = "lis";
            for (int page = 0; page < 3; page++) {
                String body = get(processor.url(), "/internal/v1/conversations?limit=3&after=" + after)
                        .body();
                List<String> ids = Pattern.compile(
                                "\"conversation_id\":\"([^\"]+)\",\"turns\":(\\d+),\"updated_at\":\"2")
                        .matcher(body)
                        .results()
                        .map(found -> found.group(1) + " " + found.group(2))
                        .toList();
                listed.addAll(ids);
                after = ids.getLast().replaceAll(" .*", "");
            }

            // Then
            assertThat(listed.subList(0, 7))
                    .containsExactly("list 1", "list-1 2", "list-10 1", "list-2 1", "list-a 1", "list-b 1", "list.c 1");
            assertThat(get(processor.url(), "/internal/v1/conversations?limit=0")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(get(processor.url(), "/internal/v1/conversations?after=zzz")
                            .body())
                    .matches("\\{\"conversations\":\\[],\"next\":null,\"partitions\":\\[0(,[0-9]+)*],\"of\":[0-9]+}");
        }
    }

    @Test
    void missingTopicsAreNamedAtStart() {
        // Given
        Map<String, String> settings = cluster.settings("missing");
        settings.put("topics.prefix", "elsewhere.");

        // When
        ProcessorConfig config = ProcessorConfig.from(Settings.of(settings));

        // Then
        assertThatThrownBy(() -> TokenProcessor.start(config, new SimpleMeterRegistry()))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("elsewhere.llm.requests")
                .hasMessageContaining("elsewhere.llm.metrics");
    }

    @Test
    void aPortInUseIsNamedAtStart() {
        // Given
        try (TokenProcessor running = processor("port", "port-one")) {
            Map<String, String> settings = cluster.settings("port-two");
            settings.put("processor.http.port", String.valueOf(running.url().getPort()));

            // When
            ProcessorConfig config = ProcessorConfig.from(Settings.of(settings));

            // Then
            assertThatThrownBy(() -> TokenProcessor.start(config, new SimpleMeterRegistry()))
                    .isInstanceOf(ProcessorException.class)
                    .hasMessageContaining("processor.http.port");
        }
    }

    @Test
    void aClosedProcessorLeavesNoThread() {
        // Given
        TokenProcessor processor = processor("threads", "threads");

        // When
        processor.close();
        processor.close();

        // Then
        assertThat(processor.ready()).isFalse();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("threads-")));
    }

    private static Process spawn(String application, String name) throws IOException {
        Map<String, String> settings = cluster.settings(name);
        settings.put("processor.application-id", application);
        return spawn(settings);
    }

    /** A processor in a process of its own, when it is ready. */
    static Process spawn(Map<String, String> settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ProcessorMain.class.getName()));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains(ProcessorMain.READY)) {
                Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
                return process;
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("the processor's process ended before it was ready:\n" + said);
    }
}

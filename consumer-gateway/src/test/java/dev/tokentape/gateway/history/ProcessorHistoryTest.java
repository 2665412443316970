package dev.tokentape.gateway.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.tokentape.gateway.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProcessorHistoryTest {

    private static final String RESPONSE = "0198c7a2-1d5e-7cc3-9d53-000000000001";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> queries = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String body =
            "{\"conversation_id\":\"talk\",\"turns\":[{\"response_id\":\"a\"},{\"response_id\":\"b\"}]}";
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final HttpServer processor = processor(() -> body);

    private HttpServer processor(Supplier<String> answer) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> {
                asked.add(exchange.getRequestURI().getPath());
                queries.add(String.valueOf(exchange.getRequestURI().getRawQuery()));
                try {
                    gate.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
                byte[] bytes = answer.get().getBytes(UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI url() {
        return url(processor);
    }

    private static URI url(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static URI nobody() {
        return URI.create("http://127.0.0.1:1");
    }

    @AfterEach
    void stop() {
        gate.countDown();
        processor.stop(0);
    }

    @Test
    void turnsComeFromTheProcessorOldestFirst() {
        try (ProcessorHistory history = new ProcessorHistory(List.of(url()))) {
            // When the turns are asked for
            List<JsonNode> turns = history.turns("talk:1").toCompletableFuture().join();

            // Then they are as the processor tells them
            assertThat(turns.stream().map(turn -> turn.path("response_id").asText()))
                    .containsExactly("a", "b");
            assertThat(asked).containsExactly("/internal/v1/conversations/talk:1");
        }
    }

    @Test
    void anAnswerThatTheProcessorDoesNotKnowIsNone() {
        status = 404;
        try (ProcessorHistory history = new ProcessorHistory(List.of(url()))) {
            // When it is asked for, then it is not there
            assertThat(history.response("talk", RESPONSE).toCompletableFuture().join())
                    .isEmpty();
        }
    }

    @Test
    void anInstanceThatIsAwayIsPassedOverForTheNext() {
        try (ProcessorHistory history = new ProcessorHistory(List.of(nobody(), url()))) {
            // When the first instance is away, then the second answers
            assertThat(history.turns("talk").toCompletableFuture().join()).hasSize(2);
        }
    }

    @Test
    void whenNoInstanceAnswersThatIsAProblemToComeBackFrom() {
        try (ProcessorHistory history = new ProcessorHistory(List.of(nobody()))) {
            // When nobody is there
            var turns = history.turns("talk").toCompletableFuture();

            // Then that is said
            assertThatThrownBy(turns::join)
                    .satisfies(e -> assertThat(ProblemException.in(e))
                            .satisfies(problem -> assertThat(problem)
                                    .extracting("status", "name")
                                    .containsExactly(503, "processor-unavailable")));
        }
    }

    @Test
    void aProcessorThatIsMovingItsPartitionsIsAProblemToComeBackFrom() {
        status = 503;
        try (ProcessorHistory history = new ProcessorHistory(List.of(url()))) {
            // When it cannot say now, then neither can we, and it is not "there is none"
            assertThatThrownBy(() -> history.response("talk", RESPONSE)
                            .toCompletableFuture()
                            .join())
                    .satisfies(e -> assertThat(ProblemException.in(e)).isNotNull());
        }
    }

    @Test
    void theListOfConversationsIsThatOfAllInstances() {
        // Given two instances, each with conversations of its own, of which the first has more to come
        body = """
                {"conversations":[{"conversation_id":"a","turns":1,"updated_at":"2026-11-21T10:00:00Z"},
                 {"conversation_id":"c","turns":2,"updated_at":"2026-11-21T10:00:00Z"}],"next":"c"}
                """;
        HttpServer other = processor(() -> """
                {"conversations":[{"conversation_id":"b","turns":3,"updated_at":"2026-11-21T11:00:00Z"},
                 {"conversation_id":"d","turns":4,"updated_at":"2026-11-21T12:00:00Z"}],"next":null}
                """);
        try (ProcessorHistory history = new ProcessorHistory(List.of(url(), url(other)))) {
            // When
            ConversationPage page =
                    history.conversations("A b", 2).toCompletableFuture().join();
            ConversationPage wide =
                    history.conversations("", 10).toCompletableFuture().join();

            // Then it goes in order as far as is asked for, and no further than what is known of all
            assertThat(page)
                    .isEqualTo(new ConversationPage(
                            List.of(
                                    new ConversationPage.Listed("a", 1, "2026-11-21T10:00:00Z"),
                                    new ConversationPage.Listed("b", 3, "2026-11-21T11:00:00Z")),
                            "b"));
            assertThat(wide.conversations().stream().map(ConversationPage.Listed::conversationId))
                    .containsExactly("a", "b", "c");
            assertThat(wide.next()).isEqualTo("c");
            assertThat(queries).contains("limit=2&after=A+b");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void aListWithoutOneOfTheInstancesIsNone() {
        // Given an instance that is away
        body = "{\"conversations\":[],\"next\":null}";
        try (ProcessorHistory history = new ProcessorHistory(List.of(url(), nobody()))) {
            // When
            var page = history.conversations("", 10).toCompletableFuture();

            // Then
            assertThatThrownBy(page::join)
                    .satisfies(e -> assertThat(ProblemException.in(e))
                            .extracting("status", "name")
                            .containsExactly(503, "processor-unavailable"));
        }
    }

    @Test
    void equalQuestionsAreAskedOnce() {
        gate = new CountDownLatch(1);
        try (ProcessorHistory history = new ProcessorHistory(List.of(url()))) {
            // Given a question that is on its way
            var first = history.turns("talk").toCompletableFuture();

            // When it is asked again
            var second = history.turns("talk").toCompletableFuture();
            gate.countDown();

            // Then one answer serves both
            assertThat(first.join()).isEqualTo(second.join());
            assertThat(asked).hasSize(1);
        }
    }

    /** A processor in one state, and what a client is told when only that one is there. */
    private enum Seen {
        UNREACHABLE("no processor could be reached"),
        STARTING("1 answered that it is starting"),
        MOVING("1 answered that partitions are moving"),
        OWNER_AWAY("1 answered that the one which holds the conversation does not answer"),
        FAILED("1 answered with an error"),
        UNREADABLE("1 gave an answer that cannot be read"),
        BROKEN("1 broke the connection off");

        private final String told;

        Seen(String told) {
            this.told = told;
        }
    }

    private URI seen(Seen state, List<HttpServer> running) throws IOException {
        if (state == Seen.UNREACHABLE) {
            return nobody();
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String type = switch (state) {
                case STARTING -> "starting";
                case MOVING -> "moving";
                case OWNER_AWAY -> "owner-unreachable";
                default -> "other";
            };
            byte[] answer = (state == Seen.UNREADABLE
                            ? "{\"turns\":[{\"prompt\":\"hunter2"
                            : "{\"type\":\"urn:tokentape:problem:" + type + "\"}")
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(
                    switch (state) {
                        case UNREADABLE, BROKEN -> 200;
                        case FAILED -> 500;
                        default -> 503;
                    },
                    state == Seen.BROKEN ? 1_000_000 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        running.add(server);
        return url(server);
    }

    @ParameterizedTest
    @EnumSource(Seen.class)
    void whyNobodyCouldTellIsToldAsItWas(Seen state) throws IOException {
        // Given processors of which one is in that state, and another, asked first or last, is away
        List<HttpServer> running = new ArrayList<>();
        URI instance = seen(state, running);
        for (List<URI> instances :
                List.of(List.of(instance), List.of(nobody(), instance), List.of(instance, nobody()))) {
            try (ProcessorHistory history = new ProcessorHistory(instances)) {
                // When turns, an answer and the list are asked for
                for (Supplier<CompletionStage<?>> question : List.<Supplier<CompletionStage<?>>>of(
                        () -> history.turns("talk"),
                        () -> history.response("talk", RESPONSE),
                        () -> history.conversations("", 10))) {
                    // Then the detail says what was seen of each, and no more
                    assertThatThrownBy(
                                    () -> question.get().toCompletableFuture().join())
                            .satisfies(e -> assertThat(Objects.requireNonNull(ProblemException.in(e))
                                            .detail())
                                    .contains(state.told)
                                    .doesNotContain("hunter2", "127.0.0.1")
                                    .satisfies(detail -> assertThat(detail.contains("no processor could be reached"))
                                            .isEqualTo(state == Seen.UNREACHABLE)));
                }
            }
        }
        running.forEach(server -> server.stop(0));
    }

    @ParameterizedTest
    @EnumSource(Seen.class)
    void oneThatAnswersIsEnoughWhateverTheOthersAre(Seen state) throws IOException {
        // Given an instance that holds all partitions, since another, asked first, has lost its own
        List<HttpServer> running = new ArrayList<>();
        body = """
                {"turns":[{"response_id":"a"}],"conversations":[{"conversation_id":"a","turns":1,\
                "updated_at":"2026-11-21T10:00:00Z"}],
                 "next":null,"partitions":[0,1,2],"of":3}""";
        try (ProcessorHistory history = new ProcessorHistory(List.of(seen(state, running), url()))) {
            // When turns and the list are asked for, then they are there
            assertThat(history.turns("talk").toCompletableFuture().join()).hasSize(1);
            assertThat(history.conversations("", 10)
                            .toCompletableFuture()
                            .join()
                            .conversations())
                    .hasSize(1);
        }
        running.forEach(server -> server.stop(0));
    }

    @Test
    void aListWithoutSomePartitionsIsNoneAndSaysSo() {
        // Given an instance that holds two of three partitions, while the other is away
        body = "{\"conversations\":[],\"next\":null,\"partitions\":[0,1],\"of\":3}";
        try (ProcessorHistory history = new ProcessorHistory(List.of(url(), nobody()))) {
            // When the list is asked for
            var page = history.conversations("", 10).toCompletableFuture();

            // Then it is refused, and not because nobody could be reached
            assertThatThrownBy(page::join)
                    .satisfies(e -> assertThat(Objects.requireNonNull(ProblemException.in(e))
                                    .detail())
                            .contains("(1 of 2)")
                            .doesNotContain("no processor could be reached"));
        }
    }

    @Test
    void aProcessorThatIsTooSlowIsNotCalledUnreachable() {
        // Given one that does not answer
        gate = new CountDownLatch(1);
        try (ProcessorHistory history = new ProcessorHistory(List.of(url(), nobody()), Duration.ofMillis(300))) {
            // When it is asked, then that is what is told
            assertThatThrownBy(() -> history.turns("talk").toCompletableFuture().join())
                    .satisfies(e -> assertThat(Objects.requireNonNull(ProblemException.in(e))
                                    .detail())
                            .contains("1 did not answer in time")
                            .contains("1 could not be reached"));
        }
    }
}

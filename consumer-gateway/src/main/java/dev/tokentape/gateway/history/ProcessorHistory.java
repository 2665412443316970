package dev.tokentape.gateway.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * History over the processor's internal HTTP. Of a conversation any instance answers for all (it asks the owner); one that does not answer is
 * passed over for the next. Equal questions that are on their way are asked once, at most {@value #MOST_AT_ONCE} different
 * ones at a time.
 */
public final class ProcessorHistory implements History, AutoCloseable {

    static final int MOST_AT_ONCE = 64;
    static final long MOST_BYTES = 64L * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(ProcessorHistory.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final List<URI> instances;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tokentape-gateway-history-", 0).factory());
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(threads)
            .build();
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final ConcurrentHashMap<Question, CompletableFuture<Optional<JsonNode>>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger preferred = new AtomicInteger();

    /**
     * What is asked.
     *
     * @param only the instance that it is for; null for whichever answers
     */
    private record Question(String path, @Nullable URI only) {}

    /** @param instances of the processor, e.g. {@code http://127.0.0.1:8081}; at least one */
    public ProcessorHistory(List<URI> instances) {
        this.instances = List.copyOf(instances);
    }

    @Override
    public CompletionStage<List<JsonNode>> turns(String conversationId) {
        return ask("/internal/v1/conversations/" + conversationId).thenApply(found -> {
            List<JsonNode> turns = new ArrayList<>();
            found.ifPresent(conversation -> conversation.path("turns").forEach(turns::add));
            return turns;
        });
    }

    @Override
    public CompletionStage<Optional<JsonNode>> response(String conversationId, String responseId) {
        return ask("/internal/v1/conversations/" + conversationId + "/responses/" + responseId);
    }

    /** Each instance lists what it holds itself, so all are asked, and one that does not answer leaves nothing to tell. */
    @Override
    public CompletionStage<ConversationPage> conversations(String after, int limit) {
        String path = "/internal/v1/conversations?limit=" + limit + "&after=" + URLEncoder.encode(after, UTF_8);
        List<CompletableFuture<ConversationPage>> pages = instances.stream()
                .map(instance -> ask(new Question(path, instance))
                        .thenApply(found -> page(instance, found))
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(pages.toArray(CompletableFuture[]::new))
                .thenApply(_ -> ConversationPage.merge(
                        pages.stream().map(CompletableFuture::join).toList(), limit));
    }

    private static ConversationPage page(URI instance, Optional<JsonNode> found) {
        JsonNode list = found.orElseThrow(() -> Problem.processorUnavailable(
                        "the processor at %s knows no list of conversations; is it of an older version?"
                                .formatted(instance))
                .asException());
        List<ConversationPage.Listed> conversations = new ArrayList<>();
        for (JsonNode listed : list.path("conversations")) {
            conversations.add(new ConversationPage.Listed(
                    listed.path("conversation_id").asText(),
                    listed.path("turns").asLong(),
                    listed.path("updated_at").asText()));
        }
        return new ConversationPage(conversations, list.path("next").textValue());
    }

    private CompletionStage<Optional<JsonNode>> ask(String path) {
        return ask(new Question(path, null));
    }

    private CompletionStage<Optional<JsonNode>> ask(Question question) {
        CompletableFuture<Optional<JsonNode>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<JsonNode>> earlier = asked.putIfAbsent(question, mine);
        if (earlier != null) {
            return earlier;
        }
        mine.whenComplete((_, _) -> asked.remove(question, mine));
        if (!places.tryAcquire()) {
            mine.completeExceptionally(Problem.overloaded(
                            "%d questions are with the processor; repeat this one later".formatted(MOST_AT_ONCE))
                    .asException());
            return mine;
        }
        mine.whenComplete((_, _) -> places.release());
        attempt(question, 0, mine);
        return mine;
    }

    private void attempt(Question question, int failures, CompletableFuture<Optional<JsonNode>> answer) {
        int index = Math.floorMod(preferred.get(), instances.size());
        URI instance = question.only() != null ? question.only() : instances.get(index);
        HttpRequest request = HttpRequest.newBuilder(URI.create(stripSlash(instance.toString()) + question.path()))
                .timeout(ANSWER_TIMEOUT)
                .GET()
                .build();
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES))
                .thenApply(ProcessorHistory::read)
                .whenComplete((found, failure) -> {
                    if (failure == null) {
                        answer.complete(found);
                        return;
                    }
                    log.debug("processor {} did not answer {}: {}", instance, question.path(), failure.toString());
                    if (question.only() != null) {
                        answer.completeExceptionally(unavailable(failure));
                        return;
                    }
                    preferred.compareAndSet(index, (index + 1) % instances.size());
                    if (failures + 1 < instances.size()) {
                        attempt(question, failures + 1, answer);
                    } else {
                        answer.completeExceptionally(unavailable(failure));
                    }
                });
    }

    private static Optional<JsonNode> read(HttpResponse<byte[]> response) {
        return switch (response.statusCode()) {
            case 200 -> {
                try {
                    yield Optional.of(JSON.readTree(response.body()));
                } catch (IOException e) {
                    throw Problem.processorUnavailable("the processor's answer cannot be read: " + e.getMessage())
                            .asException();
                }
            }
            case 404 -> Optional.empty();
            default ->
                throw Problem.processorUnavailable(
                                "the processor answered %d; it may be starting or moving the conversation to another instance; repeat the request"
                                        .formatted(response.statusCode()))
                        .asException();
        };
    }

    private static ProblemException unavailable(Throwable failure) {
        Problem problem = ProblemException.in(failure);
        return (problem != null
                        ? problem
                        : Problem.processorUnavailable(
                                "no processor could be reached at gateway.processor-urls; repeat the request, and see that one runs"))
                .asException();
    }

    private static String stripSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    @Override
    public void close() {
        client.shutdownNow();
        try {
            client.awaitTermination(CLOSE_TIMEOUT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }
}

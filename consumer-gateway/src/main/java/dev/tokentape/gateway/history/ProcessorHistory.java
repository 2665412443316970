package dev.tokentape.gateway.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.failure.Wordless;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
 * History over the processor's internal HTTP. Of a conversation any instance answers for all (it asks the owner); one
 * that does not answer is passed over for the next. Equal questions that are on their way are asked once, at most
 * {@value #MOST_AT_ONCE} different ones at a time.
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
    private final Duration patience;
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
        this(instances, ANSWER_TIMEOUT);
    }

    /** @param patience with one instance */
    ProcessorHistory(List<URI> instances, Duration patience) {
        this.instances = List.copyOf(instances);
        this.patience = patience;
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

    /**
     * Each instance lists what it holds itself, so all are asked; those that answer must hold all partitions together.
     */
    @Override
    public CompletionStage<ConversationPage> conversations(String after, int limit) {
        String path = "/internal/v1/conversations?limit=" + limit + "&after=" + URLEncoder.encode(after, UTF_8);
        List<InstancePage> shares = Collections.synchronizedList(new ArrayList<>());
        List<NoReply> missing = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> asking = instances.stream()
                .map(instance -> ask(new Question(path, instance))
                        .<Void>handle((found, failure) -> {
                            if (failure == null) {
                                found.map(InstancePage::of)
                                        .ifPresentOrElse(shares::add, () -> missing.add(NoReply.FAILED));
                            } else {
                                missing.add(reasonOf(failure));
                            }
                            return null;
                        })
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(asking.toArray(CompletableFuture[]::new))
                .thenApply(_ -> page(shares, missing, limit));
    }

    private static ConversationPage page(List<InstancePage> shares, List<NoReply> missing, int limit) {
        if (InstancePage.makeAWhole(shares, missing.isEmpty())) {
            return ConversationPage.merge(
                    shares.stream().map(InstancePage::page).toList(), limit);
        }
        if (shares.isEmpty()) {
            throw NoReply.problem(missing).asException();
        }
        throw Problem.processorUnavailable(
                        ("the processors that answered (%d of %d) do not hold all partitions just now; "
                                        + "repeat the request, and see that the others run")
                                .formatted(shares.size(), shares.size() + missing.size()))
                .asException();
    }

    /** @throws ProblemException if the question was not even asked */
    private static NoReply reasonOf(Throwable failure) {
        ProblemException refused = ProblemException.of(failure);
        if (refused != null) {
            throw refused;
        }
        return NoReply.of(failure);
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
        attempt(question, List.of(), mine);
        return mine;
    }

    private void attempt(Question question, List<NoReply> before, CompletableFuture<Optional<JsonNode>> answer) {
        int index = Math.floorMod(preferred.get(), instances.size());
        URI instance = question.only() != null ? question.only() : instances.get(index);
        HttpRequest request = HttpRequest.newBuilder(URI.create(stripSlash(instance.toString()) + question.path()))
                .timeout(patience)
                .GET()
                .build();
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES))
                .thenApply(ProcessorHistory::read)
                .whenComplete((found, failure) -> {
                    if (failure == null) {
                        answer.complete(found);
                        return;
                    }
                    NoReply reason = NoReply.of(failure);
                    log.atDebug()
                            .addKeyValue("code", reason)
                            .addKeyValue("instance", instance)
                            .addKeyValue("cause", Wordless.of(failure).kinds())
                            .log("a processor did not answer");
                    if (question.only() != null) {
                        answer.completeExceptionally(new NoReply.Refusal(reason));
                        return;
                    }
                    preferred.compareAndSet(index, (index + 1) % instances.size());
                    List<NoReply> reasons = new ArrayList<>(before);
                    reasons.add(reason);
                    if (reasons.size() < instances.size()) {
                        attempt(question, reasons, answer);
                    } else {
                        answer.completeExceptionally(NoReply.problem(reasons).asException());
                    }
                });
    }

    private static Optional<JsonNode> read(HttpResponse<byte[]> response) {
        return switch (response.statusCode()) {
            case 200 -> Optional.of(document(response.body()));
            case 404 -> Optional.empty();
            case 503 -> throw new NoReply.Refusal(refusal(response.body()));
            default -> throw new NoReply.Refusal(NoReply.FAILED);
        };
    }

    private static NoReply refusal(byte[] problem) {
        String type = document(problem).path("type").asText();
        return switch (type.substring(type.lastIndexOf(':') + 1)) {
            case "starting" -> NoReply.STARTING;
            case "moving" -> NoReply.MOVING;
            case "owner-unreachable" -> NoReply.OWNER_AWAY;
            default -> NoReply.FAILED;
        };
    }

    private static JsonNode document(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException _) {
            throw new NoReply.Refusal(NoReply.UNREADABLE);
        }
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

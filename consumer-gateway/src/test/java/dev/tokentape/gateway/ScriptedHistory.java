package dev.tokentape.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.history.ConversationPage;
import dev.tokentape.gateway.history.History;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.json.ResponseJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stored turns that a test has put there; or a processor that is away. */
public final class ScriptedHistory implements History {

    private static final ObjectMapper JSON = new ObjectMapper();

    final List<JsonNode> stored = new CopyOnWriteArrayList<>();
    final NavigableMap<String, ConversationPage.Listed> listed = new ConcurrentSkipListMap<>();

    /** The places after which pages were asked for. */
    final List<String> listings = new CopyOnWriteArrayList<>();

    volatile boolean away;

    public void store(Response response) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            ResponseJson.write(json, response);
            json.flush();
            stored.add(JSON.readTree(out.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletionStage<List<JsonNode>> turns(String conversationId) {
        return away
                ? failed()
                : CompletableFuture.completedStage(stored.stream()
                        .filter(turn -> turn.path("conversation_id").asText().equals(conversationId))
                        .toList());
    }

    @Override
    public CompletionStage<Optional<JsonNode>> response(String conversationId, String responseId) {
        return away
                ? failed()
                : CompletableFuture.completedStage(stored.stream()
                        .filter(turn -> turn.path("response_id").asText().equals(responseId))
                        .findFirst());
    }

    /** Those listed, as a processor would page them; none may be away. */
    @Override
    public CompletionStage<ConversationPage> conversations(String after, int limit) {
        if (away) {
            return failed();
        }
        listings.add(after);
        List<ConversationPage.Listed> behind =
                List.copyOf(listed.tailMap(after, false).values());
        List<ConversationPage.Listed> page = behind.stream().limit(limit).toList();
        return CompletableFuture.completedStage(new ConversationPage(
                page, page.size() < behind.size() ? page.getLast().conversationId() : null));
    }

    /** Puts conversations of one turn each into the list. */
    void list(String... conversationIds) {
        for (String id : conversationIds) {
            listed.put(id, new ConversationPage.Listed(id, 1, "2026-11-21T10:00:00Z"));
        }
    }

    private static <T> CompletionStage<T> failed() {
        return CompletableFuture.failedStage(
                Problem.processorUnavailable("no processor could be reached").asException());
    }
}

package dev.tokentape.gateway.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.json.JsonBytes;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.event.Outcomes;
import dev.tokentape.schemas.json.ResponseJson;
import dev.tokentape.schemas.json.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Responses as they stand: those that run from the tape, those that ended from the processor. Thread-safe. */
public final class CurrentResponses {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Tape tape;
    private final History history;
    private final Intake intake;

    public CurrentResponses(Tape tape, History history, Intake intake) {
        this.tape = tape;
        this.history = history;
        this.intake = intake;
    }

    /**
     * An answer as far as it is known.
     *
     * @param json the whole answer, UTF-8
     * @param status the word in it
     * @param outcome the word in it; empty while it runs
     */
    public record Known(byte[] json, String status, String outcome, boolean ended) {}

    /** The answer, wherever it is; empty if nobody knows it; failed with a problem if only the processor could know. */
    public CompletionStage<Optional<Known>> find(String conversationId, String responseId) {
        Optional<Response> onTape = tape.response(conversationId, responseId);
        if (onTape.isPresent() && !ended(onTape.get())) {
            return CompletableFuture.completedStage(onTape.map(CurrentResponses::known));
        }
        return history.response(conversationId, responseId).handle((stored, failure) -> {
            if (failure == null && stored.isPresent()) {
                return Optional.of(known(stored.get()));
            }
            Optional<Known> here =
                    onTape.or(() -> intake.queued(conversationId, responseId)).map(CurrentResponses::known);
            if (here.isEmpty() && failure != null) {
                throw failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
            }
            return here;
        });
    }

    /** The same as a tree. */
    public CompletionStage<Optional<JsonNode>> document(String conversationId, String responseId) {
        return find(conversationId, responseId)
                .thenApply(found -> found.map(known -> {
                    try {
                        return JSON.readTree(known.json());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
    }

    /** Whether the answer is known without asking anybody. */
    public boolean isKnownHere(String conversationId, String responseId) {
        return intake.queued(conversationId, responseId).isPresent()
                || tape.response(conversationId, responseId).isPresent();
    }

    /**
     * A whole conversation: its finished turns, oldest question first as history has them, its open answers, and the
     * cursor after which reading goes on.
     *
     * <p>The order of asking makes it whole: first the cursor, then what is open, then what is finished. An answer that
     * ends meanwhile is in both lists and shown as finished; one that begins meanwhile comes after the cursor. Events
     * after the cursor that an answer shown here already holds are told by its {@code last_sequence}.
     */
    public CompletionStage<byte[]> conversation(String conversationId) {
        String cursor = tape.cursorOf(conversationId);
        List<Response> open = tape.open(conversationId);
        return history.turns(conversationId).thenApply(turns -> write(conversationId, turns, open, cursor));
    }

    private static byte[] write(String conversationId, List<JsonNode> turns, List<Response> open, String cursor) {
        Set<String> finished = new HashSet<>();
        return JsonBytes.object(json -> {
            json.writeStringField("conversation_id", conversationId);
            json.writeArrayFieldStart("turns");
            for (JsonNode turn : turns) {
                finished.add(turn.path("response_id").asText());
                json.writeTree(turn);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("open");
            for (Response response : open) {
                if (!finished.contains(response.getResponseId())) {
                    ResponseJson.write(json, response);
                }
            }
            json.writeEndArray();
            json.writeStringField("cursor", cursor);
        });
    }

    private static Known known(JsonNode stored) {
        return new Known(
                stored.toString().getBytes(UTF_8),
                stored.path("status").asText(),
                stored.path("outcome").asText(),
                true);
    }

    private static Known known(Response response) {
        ResponseOutcome outcome = Outcomes.of(response);
        return new Known(
                JsonBytes.of(json -> ResponseJson.write(json, response)),
                Words.of(response.getStatus()),
                outcome == null ? "" : Words.of(outcome),
                ended(response));
    }

    private static boolean ended(Response response) {
        return Outcomes.ended(response.getStatus());
    }
}

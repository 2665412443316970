package dev.tokentape.gateway.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.json.CallInput;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes in the results of tools that an answer called, for the answer that goes on from them.
 *
 * <p>Results may come in several requests, from several clients, at several gateways: all make out the same response
 * id, and the processor collects them, the first for each call winning. Only calls that are whole count: a block that
 * was ended, its input what such a call takes.
 */
public final class Continuing {

    private static final String TOOL_USE = "TOOL_USE";

    /** Answers as they stand, as {@code ResponseJson} writes them. */
    public interface Known {
        /** Empty: nobody knows it; failed with a problem if it cannot be found out now. */
        CompletionStage<Optional<JsonNode>> answer(String conversationId, String responseId);
    }

    private final Intake intake;
    private final Known known;

    public Continuing(Intake intake, Known known) {
        this.intake = intake;
        this.known = known;
    }

    /**
     * Takes results in, without sending them yet.
     *
     * @return failed with a problem: nobody knows the answer, it has not ended with tool calls, or a result is for a
     * call that it did not make
     */
    public CompletionStage<Intake.Accepted> accept(String conversationId, ToolResults results) {
        return known.answer(conversationId, results.responseId()).thenApply(found -> {
            JsonNode answer = found.orElseThrow(() ->
                    Problem.noSuchResponse(conversationId, results.responseId()).asException());
            check(conversationId, results, answer);
            return intake.acceptContinuation(
                    conversationId,
                    GenerationRequest.newBuilder()
                            .setProvider(answer.path("provider").asText())
                            .setModel(answer.path("model").asText())
                            .setMessages(List.of(results.message()))
                            .setJoinHistory(true)
                            .setContinues(results.responseId()));
        });
    }

    private static void check(String conversationId, ToolResults results, JsonNode answer) {
        Set<String> calls = calls(answer);
        if (calls.isEmpty() || !answer.path("stop_reason").asText().equals(TOOL_USE)) {
            throw nothingToContinue(conversationId, results.responseId(), answer);
        }
        BodyFaults faults = new BodyFaults();
        String known = String.join(", ", calls);
        for (int i = 0; i < results.results().size(); i++) {
            String call = results.results().get(i).getToolCallId();
            if (!calls.contains(call)) {
                faults.add(
                        "/results/%d/tool_call_id".formatted(i),
                        "response %s did not call '%s'; its calls are %s".formatted(results.responseId(), call, known));
            }
        }
        faults.throwIfAny();
    }

    private static ProblemException nothingToContinue(String conversationId, String responseId, JsonNode answer) {
        return new Problem(
                        "nothing-to-continue",
                        "The answer does not wait for tool results",
                        409,
                        ("response %s of conversation %s is %s and has not ended with whole calls of the "
                                        + "client's tools; only such an answer can be continued")
                                .formatted(
                                        responseId,
                                        conversationId,
                                        answer.path("status").asText()))
                .asException();
    }

    private static Set<String> calls(JsonNode answer) {
        Set<String> calls = new TreeSet<>();
        for (JsonNode block : answer.path("blocks")) {
            String call = block.path("tool_call_id").asText();
            if (block.path("type").asText().equals("tool_use")
                    && block.path("choice_index").asInt(0) == 0
                    && block.path("complete").asBoolean()
                    && !call.isEmpty()
                    && CallInput.isWhole(block.path("text").asText(), dataOf(block))) {
                calls.add(call);
            }
        }
        return calls;
    }

    private static @Nullable String dataOf(JsonNode block) {
        JsonNode data = block.get("provider_data");
        return data == null ? null : data.toString();
    }
}

package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonReducer;
import dev.tokentape.producer.provider.api.UpstreamError;
import dev.tokentape.producer.provider.api.UsageSum;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Gemini stream, whose every event is a whole response with the next parts.
 *
 * <p>There is no end marker. Older models tell a finish reason in every event, so the last one counts, at the end of
 * the body. A blocked prompt has no candidates and ends well, as filtered.
 */
public final class GenerateContentReducer extends JsonReducer {

    private static final List<String> KEPT = List.of("promptFeedback", "modelStatus");

    /** What a total is the sum of. */
    private static final List<String> PARTS =
            List.of("promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount", "thoughtsTokenCount");

    private static final Set<String> COUNTS = Set.of(
            "promptTokenCount",
            "toolUsePromptTokenCount",
            "candidatesTokenCount",
            "thoughtsTokenCount",
            "cachedContentTokenCount");

    private final Map<Integer, Candidate> candidates = new TreeMap<>();
    private @Nullable JsonNode usage;
    private final ObjectNode kept = JsonNodeFactory.instance.objectNode();
    private boolean blocked;

    /** Whether Google Search has found what the model read beside its prompt. */
    private boolean searched;

    public GenerateContentReducer(Answer answer) {
        super(answer);
    }

    @Override
    public boolean whole() {
        return candidates.isEmpty()
                ? blocked
                : candidates.values().stream().allMatch(candidate -> candidate.finish() != null);
    }

    @Override
    protected boolean control(String data) {
        return data.strip().equals("[DONE]");
    }

    @Override
    protected void reduce(@Nullable String name, JsonNode event) {
        boolean says = event.has("response") || event.has("candidates") || event.has("promptFeedback");
        UpstreamError error = says ? UpstreamError.in(event) : UpstreamError.inAnyField(event);
        if (error != null || "error".equals(name)) {
            candidates.forEach(this::tellStop);
            answer.fail(error != null ? error : UpstreamError.toldBy(event));
            return;
        }
        // Vertex AI's own gateways wrap the response once more.
        JsonNode response = event.path("response").isObject() ? event.path("response") : event;
        if (response.has("candidates") || response.has("promptFeedback") || response.has("usageMetadata")) {
            answer.start("assistant", Json.text(response, "responseId"), Json.text(response, "modelVersion"), null);
        }
        JsonNode told = response.path("candidates");
        told.forEach(candidate -> searched |= isSearch(candidate.path("groundingMetadata")));
        used(response.path("usageMetadata"));
        for (int position = 0; position < told.size(); position++) {
            candidate(told.path(position), position);
        }
        blocked |= Json.text(response.path("promptFeedback"), "blockReason") != null;
        KEPT.forEach(field -> {
            if (Json.present(response.get(field))) {
                kept.set(field, response.get(field));
            }
        });
    }

    @Override
    protected void ended() {
        if (answer.ended()) {
            return;
        }
        if (whole()) {
            stop();
        } else {
            truncated();
        }
    }

    private void candidate(JsonNode told, int position) {
        Long index = Json.number(told, "index");
        int number = index == null ? position : (int) Math.clamp(index, -1L, Integer.MAX_VALUE);
        Candidate candidate = candidates.get(number);
        if (candidate == null) {
            if (number < 0 || candidates.size() >= answer.limits().choices()) {
                number = answer.limits().choices();
            }
            candidate = candidates.computeIfAbsent(number, n -> new Candidate(answer, n));
        }
        candidate.add(told);
    }

    /**
     * Counts are cumulative, so the last event's are all; of two events together they would be nobody's. But where an
     * event tells a total of more than it counts, the rest is what was counted before.
     */
    private void used(JsonNode latest) {
        ObjectNode told = withRest(latest);
        Long candidatesCount = Json.number(told, "candidatesTokenCount");
        Long thoughts = Json.number(told, "thoughtsTokenCount");
        Long prompt = Json.number(told, "promptTokenCount");
        if (prompt == null && candidatesCount == null && thoughts == null) {
            return;
        }
        usage = told;
        answer.usage(counted(told));
    }

    /** What the server's tools brought counts as input too, except what Google Search found. */
    private Usage counted(JsonNode told) {
        Long prompt = Json.number(told, "promptTokenCount");
        Long thoughts = Json.number(told, "thoughtsTokenCount");
        return Usage.newBuilder()
                .setInputTokens(searched ? prompt : UsageSum.of(prompt, Json.number(told, "toolUsePromptTokenCount")))
                .setOutputTokens(UsageSum.of(Json.number(told, "candidatesTokenCount"), thoughts))
                .setCacheReadInputTokens(Json.number(told, "cachedContentTokenCount"))
                .setReasoningOutputTokens(thoughts)
                .setComplete(true)
                .build();
    }

    private static boolean isSearch(JsonNode grounding) {
        return Json.present(grounding.get("webSearchQueries")) || Json.present(grounding.get("searchEntryPoint"));
    }

    private ObjectNode withRest(JsonNode latest) {
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        latest.properties().stream()
                .filter(count -> !count.getValue().isNull())
                .forEach(count -> told.set(count.getKey(), count.getValue()));
        Long total = Json.number(told, "totalTokenCount");
        long counted = 0;
        for (String part : PARTS) {
            Long count = Json.number(told, part);
            counted += count == null ? 0 : count;
        }
        if (usage != null && total != null && total > counted) {
            usage.properties().stream()
                    .filter(count -> COUNTS.contains(count.getKey()) && !told.has(count.getKey()))
                    .forEach(count -> told.set(count.getKey(), count.getValue()));
        }
        return told;
    }

    private void tellStop(int number, Candidate candidate) {
        if (candidate.finish() != null) {
            String data = candidate.kept().isEmpty() ? null : Json.write(candidate.kept());
            answer.messageDelta(number, candidate.stopReason(), candidate.finish(), null, null, data);
        }
    }

    private void stop() {
        candidates.values().forEach(Candidate::close);
        if (candidates.size() > 1) {
            candidates.forEach(this::tellStop);
        }
        if (usage != null) {
            // A search may be told after the counts.
            answer.usage(counted(usage));
            kept.set("usage", usage);
        }
        if (candidates.isEmpty()) {
            answer.stop(StopReason.CONTENT_FILTER, null, null, Json.write(kept));
            return;
        }
        Candidate first = candidates.values().iterator().next();
        kept.setAll(first.kept());
        answer.stop(first.stopReason(), first.finish(), null, kept.isEmpty() ? null : Json.write(kept));
    }
}

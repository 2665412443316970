package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.JsonReducer;
import dev.tokentape.producer.provider.api.UpstreamError;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Chat Completions stream: OpenAI's own, and that of any server that speaks its language, without being told
 * which.
 *
 * <p>The end is held back until {@code [DONE]} or the end of the body, since usage comes after the stop reason. A body
 * that ends without the marker is whole all the same if every choice had told its stop reason: some servers send no
 * marker.
 */
public final class ChatCompletionsReducer extends JsonReducer {

    private static final List<String> KEPT = List.of(
            "provider",
            "service_tier",
            "system_fingerprint",
            "citations",
            "search_results",
            "related_questions",
            "images",
            "videos");

    private final Map<Integer, ChatChoice> choices = new TreeMap<>();
    private final ChatUsage usage = new ChatUsage();
    private final ObjectNode kept = JsonNodeFactory.instance.objectNode();
    private @Nullable String id;
    private @Nullable String model;
    private @Nullable JsonNode promptFilter;

    public ChatCompletionsReducer(Answer answer) {
        super(answer);
    }

    @Override
    public boolean whole() {
        return !choices.isEmpty() && choices.values().stream().allMatch(choice -> choice.finish() != null);
    }

    @Override
    protected boolean control(String data) {
        if (!data.strip().equals("[DONE]")) {
            return false;
        }
        if (answer.started()) {
            stop();
        } else {
            answer.fail(
                    ErrorPhase.BEFORE_OUTPUT,
                    "empty_answer",
                    "The provider ended the stream without having answered. Ask again.",
                    null,
                    true);
        }
        return true;
    }

    @Override
    protected void reduce(@Nullable String name, JsonNode chunk) {
        id = id != null ? id : Json.text(chunk, "id");
        model = model != null ? model : Json.text(chunk, "model");
        JsonNode told = chunk.path("choices");
        if (told.isArray()) {
            keep(chunk);
            if (!told.isEmpty()) {
                start(told.get(0));
            }
            for (int position = 0; position < told.size(); position++) {
                choice(told.get(position), position);
            }
        }
        if (usage.add(chunk)) {
            answer.usage(usage.total());
        }
        UpstreamError error = errorIn(name, chunk, told);
        if (error != null) {
            beforeFailing();
            answer.fail(error);
        }
    }

    @Override
    protected void ended() {
        if (answer.ended()) {
            return;
        }
        if (whole()) {
            stop();
        } else {
            beforeFailing();
            truncated();
        }
    }

    private void start(JsonNode choice) {
        if (!answer.started()) {
            String role = Json.text(choice.path("delta"), "role");
            String data = promptFilter == null
                    ? null
                    : Json.write(JsonNodeFactory.instance.objectNode().set("prompt_filter_results", promptFilter));
            answer.start(role == null ? "assistant" : role, id, model, data);
        }
    }

    private void choice(JsonNode told, int position) {
        JsonNode index = told.path("index");
        int number = index.isIntegralNumber() && index.canConvertToInt() ? index.intValue() : position;
        ChatChoice choice = choices.get(number);
        if (choice == null) {
            if (number < 0 || choices.size() >= answer.limits().choices()) {
                number = answer.limits().choices();
            }
            choice = choices.computeIfAbsent(number, n -> new ChatChoice(answer, n));
        }
        choice.add(told);
        if (Json.present(told.get("usage")) && usage.add(told)) {
            answer.usage(usage.total());
        }
        for (String field : List.of("native_finish_reason", "content_filter_results")) {
            if (choice.finish() != null && Json.present(told.get(field))) {
                kept.set(field, told.get(field));
            }
        }
        JsonNode delta = told.path("delta");
        if (Json.present(delta.get("provider_metadata"))) {
            kept.set("provider_metadata", delta.get("provider_metadata"));
        }
        Long expires = Json.number(delta.path("audio"), "expires_at");
        if (expires != null) {
            kept.putObject("audio").put("expires_at", expires);
        }
    }

    private void keep(JsonNode chunk) {
        JsonNode filter = chunk.get("prompt_filter_results");
        promptFilter = filter != null ? filter : promptFilter;
        for (String field : KEPT) {
            JsonNode value = chunk.get(field);
            if (value != null && Json.present(value)) {
                kept.set(field, value);
            }
        }
    }

    private static @Nullable UpstreamError errorIn(@Nullable String name, JsonNode chunk, JsonNode choices) {
        UpstreamError error = choices.isEmpty() ? UpstreamError.inAnyField(chunk) : UpstreamError.in(chunk);
        if (error == null && choices.isArray()) {
            for (JsonNode choice : choices) {
                error = error != null ? error : choice.has("error") ? UpstreamError.in(choice) : null;
            }
        }
        if (error == null) {
            error = UpstreamError.in(chunk.path("x_groq"));
        }
        return error == null && "error".equals(name) ? UpstreamError.toldBy(chunk) : error;
    }

    private void stop() {
        ChatChoice first =
                choices.isEmpty() ? null : choices.values().iterator().next();
        choices.values().forEach(ChatChoice::close);
        if (first != null && first.stopReason() == StopReason.ERROR) {
            beforeFailing();
            answer.fail(new UpstreamError(
                    String.valueOf(first.finish()), "The provider broke the answer off by its own error.", true));
            return;
        }
        if (choices.size() > 1) {
            choices.values().forEach(this::tellStop);
        }
        if (usage.raw() != null) {
            kept.set("usage", usage.raw());
        }
        answer.stop(
                first == null ? StopReason.OTHER : first.stopReason(),
                first == null ? null : first.finish(),
                first == null ? null : first.stopSequence(),
                kept.isEmpty() ? null : Json.write(kept));
    }

    /** What was known of the end is not lost with an answer that fails. */
    private void beforeFailing() {
        choices.values().forEach(this::tellStop);
    }

    private void tellStop(ChatChoice choice) {
        if (choice.finish() != null) {
            answer.messageDelta(
                    choice.index(), choice.stopReason(), choice.finish(), choice.stopSequence(), null, null);
        }
    }
}

package dev.tokentape.producer.provider.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Anthropic's Messages API. */
public final class MessagesApi implements Api {

    private static final String VERSION = "2023-06-01";
    private static final Pattern TOOL_NAMES = ToolNames.atMost(128);

    @Override
    public String name() {
        return "anthropic-messages";
    }

    @Override
    public String vendorUrl() {
        return "https://api.anthropic.com";
    }

    @Override
    public String path() {
        return "/v1/messages";
    }

    @Override
    public boolean tellsHowLongToWait() {
        return true;
    }

    @Override
    public Map<String, String> headers(@Nullable String key) {
        return key == null
                ? Map.of("anthropic-version", VERSION)
                : Map.of("anthropic-version", VERSION, "x-api-key", key);
    }

    @Override
    public Pattern toolNames(Habits habits) {
        return TOOL_NAMES;
    }

    @Override
    public ObjectNode body(GenerationJob job, Habits habits) {
        return MessagesRequest.body(job);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new MessagesReducer(answer);
    }
}

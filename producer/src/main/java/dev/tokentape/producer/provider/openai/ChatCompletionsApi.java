package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.regex.Pattern;

/** OpenAI's Chat Completions API. */
public final class ChatCompletionsApi implements Api {

    @Override
    public String name() {
        return "openai-chat-completions";
    }

    @Override
    public String vendorUrl() {
        return "https://api.openai.com";
    }

    @Override
    public String path() {
        return "/v1/chat/completions";
    }

    @Override
    public Pattern toolNames(Habits habits) {
        return ChatRules.toolNames(habits);
    }

    @Override
    public ObjectNode body(GenerationJob job, Habits habits) {
        return ChatCompletionsRequest.body(job, habits);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new ChatCompletionsReducer(answer);
    }
}

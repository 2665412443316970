package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.api.Server;
import dev.tokentape.schemas.avro.GenerationJob;

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
    public ObjectNode body(GenerationJob job, Server server) {
        return ChatCompletionsRequest.body(job, server);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new ChatCompletionsReducer(answer);
    }
}

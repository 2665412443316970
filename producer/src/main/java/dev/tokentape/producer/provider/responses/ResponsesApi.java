package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.regex.Pattern;

/** OpenAI's Responses API. */
public final class ResponsesApi implements Api {

    @Override
    public String name() {
        return "openai-responses";
    }

    @Override
    public String vendorUrl() {
        return "https://api.openai.com";
    }

    @Override
    public String path() {
        return "/v1/responses";
    }

    @Override
    public Pattern toolNames(Habits habits) {
        return ToolNames.COMMON;
    }

    @Override
    public ObjectNode body(GenerationJob job, Habits habits) {
        return ResponsesRequest.body(job, habits);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new ResponsesReducer(answer);
    }
}

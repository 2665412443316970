package dev.tokentape.producer.provider.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Framing;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.regex.Pattern;

/** AWS Bedrock's ConverseStream API: asked with a bearer token, or by a request signed with AWS credentials. */
public final class ConverseStreamApi implements Api {

    @Override
    public String name() {
        return "bedrock-converse-stream";
    }

    @Override
    public String vendorUrl() {
        return "https://bedrock-runtime.{region}.amazonaws.com";
    }

    @Override
    public String path() {
        return "/model/{model}/converse-stream";
    }

    @Override
    public Framing framing() {
        return Framing.AWS_EVENT_STREAM;
    }

    @Override
    public boolean signedByAws() {
        return true;
    }

    @Override
    public Pattern toolNames(Habits habits) {
        return ToolNames.COMMON;
    }

    @Override
    public ObjectNode body(GenerationJob job, Habits habits) {
        return ConverseRequest.body(job);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new ConverseStreamReducer(answer);
    }
}

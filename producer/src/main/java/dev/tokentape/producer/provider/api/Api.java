package dev.tokentape.producer.provider.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An LLM API that streams its answers over HTTP: how it is asked, and how its answer is read. Stateless. */
public interface Api {

    /** Its name in settings, e.g. {@code openai-chat-completions}. */
    String name();

    /** The vendor's own address, without the path; {@code {region}} stands for a region. */
    String vendorUrl();

    /** The path of a streamed answer, after the base URL, with its query; {@code {model}} stands for the model. */
    String path();

    /** How the answer's body is cut into wire events. */
    default Framing framing() {
        return Framing.SERVER_SENT_EVENTS;
    }

    /** Whether AWS credentials sign the request where there is no key. */
    default boolean signedByAws() {
        return false;
    }

    /** Whether every limit that passes says how long to wait, so that one which does not is about money. */
    default boolean tellsHowLongToWait() {
        return false;
    }

    /** The request's headers; without those that carry the key where there is none. Most take it as a bearer token. */
    default Map<String, String> headers(@Nullable String key) {
        return key == null ? Map.of() : Map.of("Authorization", "Bearer " + key);
    }

    /**
     * What the name of a tool must match; other names are changed before the body is written.
     *
     * @param habits of whom it goes to
     */
    Pattern toolNames(Habits habits);

    /**
     * The request's body.
     *
     * @param habits of whom it goes to
     * @throws dev.tokentape.producer.provider.api.UnsupportedRequestException if the API cannot do what is asked for
     */
    ObjectNode body(GenerationJob job, Habits habits);

    /** A reducer for one answer. */
    Reducer reducer(Answer answer);
}

package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.Asked;
import dev.tokentape.simulator.strict.Violation;
import org.jspecify.annotations.Nullable;

/** The wire format of one LLM API. Stateless; safe for all threads. */
public interface ApiDialect {

    /** The name in the log of calls, for example {@code openai-chat}. */
    String name();

    boolean serves(String path);

    /** The model which a request names, with the settings in it; the empty string if it names none. */
    default String modelNamed(IncomingRequest request) {
        return request.modelOrEmpty();
    }

    /** This API as a call wants it spoken, where it has variations. */
    default ApiDialect variation(CallSettings settings) {
        return this;
    }

    /** How a call is refused whose key is missing, or not the right one. */
    default RequestRefused unauthorized(boolean keyGiven) {
        return new RequestRefused(401, keyGiven ? "The API key is not the right one." : "No API key was given.");
    }

    /** What the request asks for; refused as the API would. */
    SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused;

    /** What the vendor enforces on bodies. */
    default ApiRules rules() {
        return ApiRules.NONE;
    }

    /** The HTTP status by which the vendor tells that a rule is broken. */
    default int statusOf(Violation broken) {
        return 400;
    }

    /** What the request asks for; refused too if it is to be held against the vendor's rules, and breaks one. */
    default SimulatedRequest accept(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        SimulatedRequest call = read(request, defaults);
        if (call.settings().strict()) {
            var broken = variation(call.settings()).rules().firstBroken(new Asked(request.json(), call.model()));
            if (broken.isPresent()) {
                throw new RequestRefused(statusOf(broken.get()), broken.get().complaint());
            }
        }
        return call;
    }

    /** The content type of a streamed answer. */
    String streamContentType();

    /** Encodes a streamed answer. */
    StreamEncoder stream(AnswerIdentity identity, SimulatedRequest request, Script script);

    /** The body of an answer in one piece. */
    byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script);

    /**
     * An HTTP error.
     *
     * @param message what to say; null for the API's usual words for that status
     * @param retryAfterSeconds how long to wait, told where this API tells it; negative if nothing is to be told
     */
    ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds);
}

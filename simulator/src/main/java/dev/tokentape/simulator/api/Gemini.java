package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.GeminiRules;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Google's Gemini API, {@code POST /v1beta/models/MODEL:generateContent} and {@code :streamGenerateContent?alt=sse}.
 * The model, with settings in it, comes from the path.
 */
final class Gemini implements ApiDialect {

    /** On Vertex AI the same API lies under a project and a location. */
    private static final Pattern PATH =
            Pattern.compile("/v1(?:beta1?)?/(?:projects/[^/]+/locations/[^/]+/publishers/google/)?models/(.+)"
                    + ":(generateContent|streamGenerateContent)");

    @Override
    public String name() {
        return "gemini";
    }

    @Override
    public boolean serves(String path) {
        return PATH.matcher(path).matches();
    }

    @Override
    public String modelNamed(IncomingRequest request) {
        Matcher path = PATH.matcher(request.path());
        return path.matches() ? path.group(1) : "";
    }

    @Override
    public RequestRefused unauthorized(boolean keyGiven) {
        return keyGiven
                ? new RequestRefused(400, GeminiError.BAD_KEY)
                : new RequestRefused(403, "Method doesn't allow unregistered callers. Please give an API key.");
    }

    @Override
    public ApiRules rules() {
        return GeminiRules.ALL;
    }

    @Override
    public String streamContentType() {
        return "text/event-stream";
    }

    @Override
    public SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        boolean stream = request.path().endsWith(":streamGenerateContent");
        if (stream && !request.parameter("alt").equals("sse")) {
            throw new RequestRefused(400, "simulator: a stream comes as server-sent events only; ask with ?alt=sse");
        }
        return GeminiRequest.read(request, modelNamed(request), stream, defaults);
    }

    @Override
    public StreamEncoder stream(AnswerIdentity identity, SimulatedRequest request, Script script) {
        return new GeminiStream(new GeminiChunk(identity, request, script));
    }

    @Override
    public byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script) {
        var chunk = new GeminiChunk(identity, request, script);
        var candidates = new StringJoiner(",");
        for (int index = 0; index < script.choices().size(); index++) {
            Choice choice = script.choices().get(index);
            var parts = new StringJoiner(",");
            choice.blocks().forEach(block -> chunk.parts(choice, block, block.joined(), parts));
            candidates.add(GeminiChunk.candidate(index, parts.toString(), choice.stop()));
        }
        int thinking = script.usage().thinking();
        return WireJson.utf8(chunk.of(candidates.toString(), script.usage().output() - thinking, thinking) + "\n");
    }

    @Override
    public ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds) {
        return new ErrorReply(Map.of(), GeminiError.of(status, message, retryAfterSeconds));
    }
}

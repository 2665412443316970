package dev.tokentape.producer.provider.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Framing;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.UpstreamError;
import dev.tokentape.schemas.avro.ErrorPhase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import okhttp3.MediaType;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** Reads responses that are no stream: what the provider says is wrong, from status, headers and body. */
final class HttpErrors {

    /** Most bytes of an error's body that are read. */
    private static final long BODY_BYTES = 64 * 1024;

    private HttpErrors() {}

    /** Whether the response says itself that its body is a document, not a stream. */
    static boolean isDocument(Response response, Framing framing) {
        MediaType type = response.body().contentType();
        boolean json = type != null && type.subtype().contains("json") && framing != Framing.JSON_LINES;
        return json || type != null && type.subtype().equals("html");
    }

    /**
     * Fails the answer by a response that is not 2xx, or whose body is a document.
     *
     * @return how long the provider asks to wait before the next try; null where it does not say
     */
    static @Nullable Duration fail(Answer answer, Response response, Api api) throws IOException {
        int status = response.code();
        String body = start(response.body().source());
        UpstreamError error = errorIn(body, response.isSuccessful());
        String code;
        String message;
        if (response.isSuccessful() && error == null) {
            code = "not_a_stream";
            message = ("The provider answered with a document (%s), not with a stream of events. Is this the "
                            + "right API for this address?")
                    .formatted(response.body().contentType());
        } else {
            String word = error == null ? "upstream_error" : error.code();
            String amazons = response.header("x-amzn-errortype");
            if (word.equals("upstream_error") && amazons != null && !amazons.isBlank()) {
                word = amazons.strip().split("[:#]")[0];
            }
            code = word.equals("upstream_error") ? UpstreamError.codeOf(status) : word;
            message = error != null
                    ? error.message()
                    : "The provider answered HTTP %d. %s"
                            .formatted(status, firstLine(body))
                            .strip();
        }
        Duration wait = RetryAfter.in(response, body, Instant.now());
        answer.fail(
                ErrorPhase.BEFORE_OUTPUT,
                code,
                message,
                status,
                response.isSuccessful() ? error != null && error.retryable() : passes(response, code, wait, api));
        return wait;
    }

    /** Whether the same request may succeed later. The provider's own word on that counts first. */
    private static boolean passes(Response response, String code, @Nullable Duration wait, Api api) {
        if (response.code() == 429 && wait == null && api.tellsHowLongToWait()) {
            return false;
        }
        String told = response.header("x-should-retry");
        if (told != null && !told.isBlank()) {
            return told.strip().equalsIgnoreCase("true");
        }
        String word = code.toLowerCase(Locale.ROOT);
        if (word.contains("quota") || word.contains("billing") || word.contains("credit")) {
            return false;
        }
        return UpstreamError.passing(response.code());
    }

    private static @Nullable UpstreamError errorIn(String body, boolean successful) {
        try {
            JsonNode read = Json.parse(body);
            return successful ? UpstreamError.inAnyField(read) : UpstreamError.inFailure(read);
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    private static String start(BufferedSource body) throws IOException {
        Buffer start = new Buffer();
        try {
            while (start.size() < BODY_BYTES && body.read(start, BODY_BYTES - start.size()) != -1) {}
        } catch (IOException e) {
            if (start.size() == 0) {
                throw e;
            }
        }
        return start.readUtf8();
    }

    private static String firstLine(String body) {
        String line = body.strip().lines().findFirst().orElse("");
        return line.length() <= 300 ? line : line.substring(0, 300) + "…";
    }
}

package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** An error in the form of Google's APIs. */
final class GeminiError {

    static final String BAD_KEY = "API key not valid. Please pass a valid API key.";

    private GeminiError() {}

    /** An error, pretty-printed as this API does; when to try again is told in it, not in a header. */
    static byte[] of(int status, @Nullable String message, int retryAfterSeconds) {
        ObjectNode body = WireJson.MAPPER.createObjectNode();
        ObjectNode error = body.putObject("error");
        error.put("code", status)
                .put("message", message != null ? message : HttpErrorTexts.usualMessage(status))
                .put("status", status(status));
        if (BAD_KEY.equals(message)) {
            error.putArray("details")
                    .addObject()
                    .put("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                    .put("reason", "API_KEY_INVALID")
                    .put("domain", "googleapis.com");
        } else if (retryAfterSeconds >= 0) {
            error.putArray("details")
                    .addObject()
                    .put("@type", "type.googleapis.com/google.rpc.RetryInfo")
                    .put("retryDelay", retryAfterSeconds + "s");
        }
        return WireJson.utf8(GeminiJson.pretty(body) + "\n");
    }

    private static String status(int status) {
        return switch (status) {
            case 400, 413 -> "INVALID_ARGUMENT";
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 408, 504 -> "DEADLINE_EXCEEDED";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 500 -> "INTERNAL";
            case 502, 503, 529 -> "UNAVAILABLE";
            default -> "UNKNOWN";
        };
    }
}

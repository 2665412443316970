package dev.tokentape.producer.provider.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says went wrong, in any of the shapes that the providers have for it.
 *
 * @param code the provider's own word; ours, by number, where it has none
 * @param message the provider's message, or its own text where it has no message
 * @param retryable whether the word or number is one of those that pass with time
 */
public record UpstreamError(String code, String message, boolean retryable) {

    private static final Set<String> PASSING = Set.of(
            "api_error",
            "engine_overloaded",
            "internal_error",
            "internal_server_error",
            "internalservererror",
            "internalserverexception",
            "modelnotreadyexception",
            "modelstreamerrorexception",
            "modeltimeoutexception",
            "overloaded",
            "overloaded_error",
            "rate_limit_error",
            "rate_limit_exceeded",
            "ratelimitreached",
            "resource_exhausted",
            "server_error",
            "server_is_overloaded",
            "service_unavailable",
            "service_unavailable_error",
            "serviceunavailableexception",
            "slow_down",
            "throttlingexception",
            "timeout",
            "timeout_error",
            "unavailable",
            "upstream_error");

    private static final List<String> CODES =
            List.of("code", "status_code", "statusCode", "error_code", "err_code", "errcode", "errorCode");

    private static final List<String> MESSAGES = List.of(
            "message",
            "Message",
            "status_msg",
            "statusMessage",
            "error_msg",
            "error_message",
            "err_msg",
            "errmsg",
            "errorMessage",
            "msg");

    /** Codes of what went well. */
    private static final Set<String> WELL = Set.of("ok", "success", "succeeded", "none", "null");

    /** A gateway written in Python writes its missing words so. */
    private static final Set<String> SAYING_NOTHING = Set.of("error", "None", "null");

    /** An error that came as plain text. */
    public static UpstreamError ofText(String text) {
        return new UpstreamError("upstream_error", text.strip(), true);
    }

    /** The error in this body or event; null where there is none. */
    public static @Nullable UpstreamError in(JsonNode body) {
        if (body.isArray()) {
            return body.isEmpty() ? null : in(body.get(0));
        }
        JsonNode error = body.path("error");
        error = error.isMissingNode() ? body.path("errors") : error;
        error = error.isArray() ? error.path(0) : error;
        if (error.isObject() && !error.isEmpty()) {
            boolean wrapped = !error.has("message") && Json.present(error.get("error"));
            return wrapped ? in(error) : of(error, body);
        }
        if (error.isTextual() && !error.textValue().isBlank()) {
            return of(body, error.textValue());
        }
        // Of Mistral's validator it stands within the message.
        JsonNode detail =
                body.has("detail") ? body.get("detail") : body.path("message").get("detail");
        if (Json.present(detail) && detail != null) {
            return of(body, detail.isTextual() ? detail.textValue() : Json.write(detail));
        }
        String message = Json.text(body, "message");
        boolean marked = "error".equals(Json.text(body, "object")) || "error".equals(Json.text(body, "type"));
        boolean coded = saysFailure(body.get("code")) && body.path("choices").isEmpty();
        return message != null && (marked || coded) ? of(body, message) : null;
    }

    /**
     * The error in an event that brings nothing of an answer: in the usual places, else under the words of APIs that
     * have their own, be it in a field of its own, as MiniMax's {@code base_resp}; null where there is none.
     */
    public static @Nullable UpstreamError inAnyField(JsonNode event) {
        UpstreamError error = in(event);
        if (error != null || !event.isObject()) {
            return error;
        }
        error = inOtherWords(event);
        for (JsonNode field : event) {
            error = error == null ? inOtherWords(field) : error;
        }
        return error;
    }

    private static @Nullable UpstreamError inOtherWords(JsonNode fields) {
        boolean failure = CODES.stream().anyMatch(name -> saysFailure(fields.get(name)));
        String message = messageOf(fields);
        return failure && message != null ? of(fields, message) : null;
    }

    private static boolean saysFailure(@Nullable JsonNode code) {
        Long number = numberOf(code);
        if (number != null) {
            return number != 0 && (number < 200 || number > 299);
        }
        return code != null
                && code.isTextual()
                && !code.textValue().isBlank()
                && !WELL.contains(code.textValue().toLowerCase(Locale.ROOT));
    }

    /** The error in the body of a response that is known to be one; null where it says nothing. */
    public static @Nullable UpstreamError inFailure(JsonNode body) {
        UpstreamError error = in(body);
        String message = messageOf(body);
        return error == null && message != null ? of(body, message) : error;
    }

    /** The error that an event tells which is known to be one, in its own words where it has none for it. */
    public static UpstreamError toldBy(JsonNode event) {
        UpstreamError error = inFailure(event);
        return error == null ? ofText(Json.write(event)) : error;
    }

    /** The code that stands for an HTTP status where the provider has no word for it. */
    public static String codeOf(int status) {
        return switch (status) {
            case 400, 422 -> "invalid_request_error";
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 408, 504 -> "timeout_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503, 529 -> "overloaded_error";
            default -> status >= 500 ? "server_error" : "upstream_error";
        };
    }

    /** Whether a request that got this HTTP status may succeed later. */
    public static boolean passing(int status) {
        return status == 408 || status == 409 || status == 429 || status >= 500 && status != 501 && status != 505;
    }

    private static UpstreamError of(JsonNode error, JsonNode around) {
        String message = messageOf(error);
        String detail = Json.text(error, "details");
        if (detail == null) {
            detail = quoted(error.path("metadata").path("raw"));
        }
        if (message == null) {
            message = messageOf(around);
        }
        if (message == null) {
            message = detail == null ? Json.write(error) : detail;
        } else if (detail != null && !message.contains(detail)) {
            message = message + ": " + detail;
        }
        return of(error, message);
    }

    /** What a gateway quotes of the provider behind it: its message if there is one, else all; or null. */
    private static @Nullable String quoted(JsonNode raw) {
        JsonNode body = raw;
        if (raw.isTextual()) {
            try {
                body = Json.parse(raw.textValue());
            } catch (JsonProcessingException _) {
                // Plain words.
            }
        }
        UpstreamError behind = body.isObject() || body.isArray() ? inFailure(body) : null;
        if (behind != null) {
            return behind.message();
        }
        if (raw.isTextual()) {
            return raw.textValue().isBlank() ? null : raw.textValue();
        }
        return Json.present(raw) ? Json.write(raw) : null;
    }

    private static UpstreamError of(JsonNode fields, String message) {
        Long number = null;
        for (String name : CODES) {
            number = number == null ? numberOf(fields.get(name)) : number;
        }
        String word = word(fields, "code");
        if (word == null) {
            word = word(fields, "error_code");
        }
        if (word == null) {
            word = word(fields, "type");
        }
        if (word == null) {
            word = word(fields, "status");
        }
        if (word == null) {
            String type = word(fields, "__type");
            word = type == null ? null : type.substring(type.indexOf('#') + 1);
        }
        int status = number != null && number >= 400 && number < 600 ? number.intValue() : 0;
        if (word == null) {
            word = status > 0 ? codeOf(status) : "upstream_error";
        }
        boolean passes = PASSING.contains(word.toLowerCase(Locale.ROOT)) || status > 0 && passing(status);
        return new UpstreamError(word, message, passes);
    }

    private static @Nullable String messageOf(JsonNode fields) {
        return MESSAGES.stream()
                .map(name -> Json.text(fields, name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String word(JsonNode fields, String name) {
        String value = Json.text(fields, name);
        return value == null || SAYING_NOTHING.contains(value) || numberOf(fields.get(name)) != null ? null : value;
    }

    private static @Nullable Long numberOf(@Nullable JsonNode node) {
        if (node == null) {
            return null;
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        return node.isTextual() && node.textValue().matches("\\d{1,9}") ? Long.valueOf(node.textValue()) : null;
    }
}

package dev.tokentape.gateway.problem;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.json.JsonBytes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A problem document after RFC 9457: what went wrong with one request, and what to do about it.
 *
 * @param name the last part of its type, in kebab case: what programs tell problems apart by
 * @param title the same for every problem of the type
 * @param status the HTTP status
 * @param detail what happened here and the way out, for people; never a prompt or a key
 * @param members further fields of the document
 * @param headers what the HTTP answer carries beside it
 */
public record Problem(
        String name,
        String title,
        int status,
        String detail,
        Map<String, Object> members,
        Map<String, String> headers) {

    public static final String CONTENT_TYPE = "application/problem+json";

    private static final String TYPE_PREFIX = "urn:tokentape:problem:";
    private static final ObjectMapper JSON = new ObjectMapper();

    public Problem(String name, String title, int status, String detail) {
        this(name, title, status, detail, Map.of(), Map.of());
    }

    /** One thing that is wrong with a body: where, as a JSON pointer, and what. */
    public record Fault(String pointer, String detail) {}

    public Problem withMember(String field, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(field, value);
        return new Problem(name, title, status, detail, more, headers);
    }

    public Problem withHeader(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Problem(name, title, status, detail, members, more);
    }

    public String type() {
        return TYPE_PREFIX + name;
    }

    /** The document as UTF-8 JSON. */
    public byte[] json() {
        return JsonBytes.of(this::write);
    }

    /** Writes the document as one JSON object. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type());
        json.writeStringField("title", title);
        json.writeNumberField("status", status);
        json.writeStringField("detail", detail);
        for (Map.Entry<String, Object> member : members.entrySet()) {
            json.writeFieldName(member.getKey());
            JSON.writeValue(json, member.getValue());
        }
        json.writeEndObject();
    }

    public ProblemException asException() {
        return new ProblemException(this);
    }

    public static Problem malformedRequest(String detail) {
        return new Problem("malformed-request", "The request is not valid HTTP", 400, detail);
    }

    public static Problem malformedJson(String detail, int line, int column) {
        return new Problem("malformed-json", "The body is not valid JSON", 400, detail)
                .withMember("line", line)
                .withMember("column", column);
    }

    public static Problem invalidParameter(String parameter, String detail) {
        return new Problem("invalid-parameter", "A part of the address or a header is not usable", 400, detail)
                .withMember("parameter", parameter);
    }

    public static Problem invalidCursor(@Nullable String detail) {
        return new Problem(
                "invalid-cursor",
                "The cursor is none that a gateway has given out",
                400,
                detail + "; use the id of an event you were sent, or 'start', or 'now'");
    }

    public static Problem invalidRequest(List<Fault> faults) {
        String pointer = faults.getFirst().pointer();
        String first =
                (pointer.isEmpty() ? "" : pointer + ": ") + faults.getFirst().detail();
        return new Problem(
                        "invalid-request",
                        "The request cannot be understood or carried out as it stands",
                        422,
                        faults.size() == 1 ? first : "%s (and %d more, see errors)".formatted(first, faults.size() - 1))
                .withMember("errors", List.copyOf(faults));
    }

    /** The same of a request that has more faults than are reported. */
    public static Problem invalidRequestCutShort(List<Fault> told) {
        Problem all = invalidRequest(told);
        return new Problem(
                        all.name(),
                        all.title(),
                        all.status(),
                        all.detail() + "; there is at least 1 more, at which reading stopped",
                        all.members(),
                        all.headers())
                .withMember("more_at_least", 1);
    }

    /** An address with escapes that cannot be decoded. */
    public static Problem malformedAddress() {
        return new Problem(
                "malformed-address",
                "The address is not valid",
                400,
                "the path or the query has a percent sign that is not followed by two hexadecimal digits; "
                        + "write a percent sign as %25");
    }

    public static Problem noSuchAddress() {
        return new Problem(
                "not-found",
                "There is nothing at this address",
                404,
                "no address matches the one that was asked for; docs/openapi.yaml lists all of them");
    }

    public static Problem noSuchResponse(String conversationId, String responseId) {
        return new Problem(
                "response-not-found",
                "There is no such response",
                404,
                "conversation %s has no response %s; POST to /v1/conversations/%s/responses starts one"
                        .formatted(conversationId, responseId, conversationId));
    }

    public static Problem methodNotAllowed(String allowed) {
        return new Problem(
                        "method-not-allowed",
                        "The address does not know this method",
                        405,
                        "the method is not allowed here; allowed: %s".formatted(allowed))
                .withHeader("Allow", allowed);
    }

    public static Problem tooLarge(String detail) {
        return new Problem("request-too-large", "The request is too large", 413, detail);
    }

    public static Problem overloaded(String detail) {
        return new Problem("overloaded", "The gateway has as much to do as it takes on", 503, detail)
                .withHeader("Retry-After", "2");
    }

    public static Problem kafkaUnavailable(String detail) {
        return new Problem("kafka-unavailable", "Kafka did not confirm the command", 503, detail)
                .withHeader("Retry-After", "2");
    }

    public static Problem processorUnavailable(String detail) {
        return new Problem("processor-unavailable", "The stored turns cannot be read now", 503, detail)
                .withHeader("Retry-After", "1");
    }

    public static Problem internal() {
        return new Problem(
                "internal-error",
                "The gateway failed",
                500,
                "the gateway failed to handle this request; its log says why. Repeat it with an "
                        + "Idempotency-Key to be safe");
    }
}

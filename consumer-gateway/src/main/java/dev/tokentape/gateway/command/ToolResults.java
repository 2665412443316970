package dev.tokentape.gateway.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.http.PublicIds;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * What a client's tools gave for some or all of the calls of one answer.
 *
 * @param responseId the answer that called the tools
 * @param results at least one, no two for the same call
 */
public record ToolResults(String responseId, List<Part> results) {

    /** The names that a body of results may have. */
    public static final Shape SHAPE = Shape.of("response_id")
            .with("results", Shape.of("tool_call_id", "id", "is_error").with("content", Shape.of("type", "text")));

    private static final int MAX_RESULTS = 1_000;
    private static final int MAX_PARTS = 1_000;
    private static final int ANY_LENGTH = Integer.MAX_VALUE;

    public ToolResults {
        results = List.copyOf(results);
    }

    /**
     * Reads {@code {"response_id", "results": [{"tool_call_id", "content", "is_error"}]}}.
     *
     * @throws ProblemException naming all that is wrong
     */
    public static ToolResults read(ObjectNode body) {
        BodyFaults faults = new BodyFaults();
        BodyFields fields = new BodyFields(body, "", faults);
        String responseId = fields.requiredText("response_id", ANY_LENGTH).toLowerCase(Locale.ROOT);
        if (!responseId.isEmpty() && !PublicIds.RESPONSE.matcher(responseId).matches()) {
            fields.fault("response_id", "expected a response id, a UUID");
        }
        List<Part> results = new ArrayList<>();
        Set<String> calls = new HashSet<>();
        for (JsonNode node : fields.list("results", MAX_RESULTS)) {
            results.add(result(node, "/results/" + results.size(), calls, faults));
        }
        if (results.isEmpty() && faults.isEmpty()) {
            fields.fault("results", "is missing or empty; give the result of one call at least");
        }
        fields.refuseOthers();
        faults.throwIfAny();
        return new ToolResults(responseId, results);
    }

    /** The turn that carries them. */
    Message message() {
        return Message.newBuilder().setRole("tool").setParts(results).build();
    }

    private static Part result(JsonNode node, String pointer, Set<String> calls, BodyFaults faults) {
        Part.Builder part = Part.newBuilder().setType(PartType.TOOL_RESULT);
        if (!(node instanceof ObjectNode object)) {
            faults.add(pointer, "expected an object, found " + BodyFields.kind(node));
            return part.build();
        }
        BodyFields fields = new BodyFields(object, pointer, faults);
        String call = fields.requiredText("tool_call_id", "id", MessageReader.MAX_CALL_ID);
        if (!call.isEmpty() && !calls.add(call)) {
            fields.fault("tool_call_id", "'%s' has a result in this body already".formatted(call));
        }
        part.setToolCallId(call)
                .setText(content(fields, faults))
                .setIsError(Objects.requireNonNullElse(fields.flag("is_error"), false));
        fields.refuseOthers();
        return part.build();
    }

    /** A result is one text; several text parts are joined by line breaks, as the tape shows them. */
    private static String content(BodyFields fields, BodyFaults faults) {
        JsonNode content = fields.any("content");
        if (content == null) {
            fields.fault("content", "is missing");
            return "";
        }
        if (content.isTextual()) {
            return content.textValue();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode node : fields.list("content", MAX_PARTS)) {
            String pointer = fields.pointerTo("content") + "/" + texts.size();
            if (!(node instanceof ObjectNode object)) {
                faults.add(pointer, "expected an object, found " + BodyFields.kind(node));
                texts.add("");
                continue;
            }
            BodyFields part = new BodyFields(object, pointer, faults);
            String type = part.requiredText("type", ANY_LENGTH);
            if (!type.isEmpty() && !type.equals("text")) {
                part.fault("type", "is not text; a tool's result is text");
            }
            texts.add(Objects.requireNonNullElse(part.text("text"), ""));
            if (!part.has("text")) {
                part.fault("text", "is missing");
            }
            part.refuseOthers();
        }
        return String.join("\n", texts);
    }
}

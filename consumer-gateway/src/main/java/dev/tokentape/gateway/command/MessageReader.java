package dev.tokentape.gateway.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.json.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads messages in the provider-neutral form, as answers show them. */
final class MessageReader {

    private static final int MAX_PARTS = 1_000;

    /** Most characters of a tool call's id, in which some servers carry what they need again. */
    static final int MAX_CALL_ID = 65_536;

    private static final int MAX_PROVIDER = 64;
    private static final int MAX_MODEL = 256;
    private static final int ANY_LENGTH = Integer.MAX_VALUE;
    /** The names that a message may have, those of all types of parts among them. */
    static final Shape SHAPE = Shape.of("role", "provider", "model")
            .with(
                    "content",
                    Shape.of(
                            "type",
                            "text",
                            "signature",
                            "media_type",
                            "data",
                            "url",
                            "tool_call_id",
                            "id",
                            "tool_name",
                            "arguments",
                            "is_error",
                            "provider_data"));

    private static final Set<String> ROLES = Set.of("user", "assistant", "system", "tool");
    private static final Map<String, PartType> TYPES = new TreeMap<>();

    static {
        for (PartType type : PartType.values()) {
            if (type != PartType.OTHER) {
                TYPES.put(Words.of(type), type);
            }
        }
    }

    private final BodyFaults faults;

    MessageReader(BodyFaults faults) {
        this.faults = faults;
    }

    static Message ofPrompt(String text) {
        return message(
                "user",
                List.of(Part.newBuilder().setType(PartType.TEXT).setText(text).build()));
    }

    Message read(JsonNode node, String pointer) {
        if (!(node instanceof ObjectNode object)) {
            faults.add(pointer, "expected an object, found " + BodyFields.kind(node));
            return message("", List.of());
        }
        BodyFields fields = new BodyFields(object, pointer, faults);
        String role = fields.requiredText("role", ANY_LENGTH);
        if (!role.isEmpty() && !ROLES.contains(role)) {
            fields.fault("role", "is none of user, assistant, system, tool");
        }
        List<Part> parts = content(fields);
        String provider = fields.text("provider", MAX_PROVIDER);
        String model = fields.text("model", MAX_MODEL);
        fields.refuseOthers();
        return Message.newBuilder()
                .setRole(role)
                .setParts(parts)
                .setProvider(provider)
                .setModel(model)
                .build();
    }

    private List<Part> content(BodyFields fields) {
        JsonNode content = fields.any("content");
        if (content == null) {
            fields.fault("content", "is missing");
            return List.of();
        }
        if (content.isTextual()) {
            return List.of(Part.newBuilder()
                    .setType(PartType.TEXT)
                    .setText(content.textValue())
                    .build());
        }
        if (!content.isArray()) {
            fields.fault("content", "expected a string or an array of parts, found " + BodyFields.kind(content));
            return List.of();
        }
        List<Part> parts = new ArrayList<>();
        int index = 0;
        for (JsonNode part : fields.list("content", MAX_PARTS)) {
            parts.add(part(part, fields.pointerTo("content") + "/" + index));
            index++;
        }
        if (content.isEmpty()) {
            fields.fault("content", "is empty");
        }
        return parts;
    }

    private Part part(JsonNode node, String pointer) {
        Part.Builder part = Part.newBuilder().setType(PartType.OTHER);
        if (!(node instanceof ObjectNode object)) {
            faults.add(pointer, "expected an object, found " + BodyFields.kind(node));
            return part.build();
        }
        BodyFields fields = new BodyFields(object, pointer, faults);
        String word = fields.requiredText("type", ANY_LENGTH);
        PartType type = TYPES.get(word);
        if (type == null) {
            if (!word.isEmpty()) {
                fields.fault("type", "is none of " + String.join(", ", TYPES.keySet()));
            }
            return part.build();
        }
        part.setType(type);
        switch (type) {
            case TEXT, THINKING, REDACTED_THINKING, REFUSAL ->
                // A provider may sign a part that says nothing.
                part.setText(
                        fields.has("signature")
                                ? Objects.requireNonNullElse(fields.text("text"), "")
                                : fields.requiredText("text", ANY_LENGTH));
            case IMAGE, AUDIO -> media(fields, part);
            case TOOL_CALL ->
                part.setToolCallId(fields.requiredText("tool_call_id", "id", MAX_CALL_ID))
                        .setToolName(fields.requiredText("tool_name", 1_000))
                        .setArguments(arguments(fields));
            case TOOL_RESULT ->
                part.setToolCallId(fields.requiredText("tool_call_id", "id", MAX_CALL_ID))
                        .setToolName(fields.text("tool_name"))
                        .setText(fields.text("text"))
                        .setIsError(fields.flag("is_error"));
            case OTHER -> {}
        }
        part.setSignature(fields.text("signature"));
        ObjectNode providerData = fields.object("provider_data");
        part.setProviderData(providerData == null ? null : providerData.toString());
        fields.refuseOthers();
        return part.build();
    }

    private static void media(BodyFields fields, Part.Builder part) {
        String data = fields.text("data");
        String url = fields.text("url");
        part.setMediaType(fields.text("media_type")).setData(data).setUrl(url);
        if ((data == null) == (url == null)) {
            fields.fault("data", "give either data (base64) or url");
        } else if (data != null && !fields.has("media_type")) {
            fields.fault("media_type", "is missing; data needs it");
        }
    }

    private static @Nullable String arguments(BodyFields fields) {
        JsonNode arguments = fields.any("arguments");
        if (arguments == null) {
            return "{}";
        }
        return arguments.isTextual() ? arguments.textValue() : arguments.toString();
    }

    private static Message message(String role, List<Part> parts) {
        return Message.newBuilder().setRole(role).setParts(parts).build();
    }
}

package dev.tokentape.gateway.websocket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.command.AskReader;
import dev.tokentape.gateway.command.BodyFaults;
import dev.tokentape.gateway.command.BodyFields;
import dev.tokentape.gateway.command.IdempotencyKey;
import dev.tokentape.gateway.command.Shape;
import dev.tokentape.gateway.command.ToolResults;
import dev.tokentape.gateway.http.PublicIds;
import dev.tokentape.gateway.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what clients say. */
final class ClientMessages {

    private static final int ANY_LENGTH = Integer.MAX_VALUE;
    /** The names that a message may have, those of all types of messages among them. */
    static final Shape SHAPE = AskReader.SHAPE
            .or(ToolResults.SHAPE)
            .or("type", "ref", "conversation_id", "after", "snapshot", "idempotency_key", "token");

    private static final int MAX_REF = 256;

    private ClientMessages() {}

    /** The message's name, so that even a refusal can carry it. */
    static @Nullable String refOf(ObjectNode message) {
        JsonNode ref = message.get("ref");
        return ref != null && ref.isTextual() && ref.textValue().length() <= MAX_REF ? ref.textValue() : null;
    }

    /** @throws ProblemException naming all that is wrong */
    static ClientMessage read(ObjectNode message) {
        BodyFaults faults = new BodyFaults();
        BodyFields fields = new BodyFields(message, "", faults);
        String ref = fields.text("ref", MAX_REF);
        String type = fields.requiredText("type", ANY_LENGTH);
        ClientMessage read = switch (type) {
            case "subscribe" ->
                new ClientMessage.Subscribe(
                        ref,
                        conversation(fields),
                        optionalResponse(fields),
                        fields.text("after"),
                        Boolean.TRUE.equals(fields.flag("snapshot")));
            case "unsubscribe" -> new ClientMessage.Unsubscribe(ref, conversation(fields), optionalResponse(fields));
            case "ask" -> ask(message, fields, ref);
            case "tool_results" -> results(message, fields, ref);
            case "cancel" -> new ClientMessage.Cancel(ref, conversation(fields), response(fields));
            case "delete" -> new ClientMessage.Delete(ref, conversation(fields));
            case "authenticate" -> new ClientMessage.Authenticate(ref, fields.requiredText("token", ANY_LENGTH));
            case "ping" -> new ClientMessage.Ping(ref);
            default -> new ClientMessage.Unknown(ref, type);
        };
        switch (read) {
            case ClientMessage.Ask _, ClientMessage.Results _, ClientMessage.Unknown _ -> {}
            default -> fields.refuseOthers();
        }
        faults.throwIfAny();
        return read;
    }

    private static ClientMessage ask(ObjectNode message, BodyFields fields, @Nullable String ref) {
        String conversationId = conversation(fields);
        String key = IdempotencyKey.checked(fields.text("idempotency_key"));
        // What remains is the body of an ask; its own reader says what of it is not known.
        ObjectNode body = members(message);
        body.remove(List.of("type", "ref", "conversation_id", "idempotency_key"));
        return new ClientMessage.Ask(ref, conversationId, key, body);
    }

    private static ClientMessage results(ObjectNode message, BodyFields fields, @Nullable String ref) {
        String conversationId = conversation(fields);
        ObjectNode body = members(message);
        body.remove(List.of("type", "ref", "conversation_id"));
        return new ClientMessage.Results(ref, conversationId, ToolResults.read(body));
    }

    /** An object of its own with the same members, themselves not copied. */
    private static ObjectNode members(ObjectNode message) {
        ObjectNode copy = message.objectNode();
        copy.setAll(message);
        return copy;
    }

    private static String conversation(BodyFields fields) {
        return PublicIds.conversation(fields.requiredText("conversation_id", ANY_LENGTH));
    }

    private static String response(BodyFields fields) {
        return PublicIds.response(fields.requiredText("response_id", ANY_LENGTH));
    }

    private static @Nullable String optionalResponse(BodyFields fields) {
        String id = fields.text("response_id");
        return id == null ? null : PublicIds.response(id);
    }
}

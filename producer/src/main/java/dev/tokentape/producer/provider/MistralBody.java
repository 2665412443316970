package dev.tokentape.producer.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * A Chat Completions body as Mistral takes it, who refuses fields that it does not know: without the wish for usage, which
 * it always tells, and with ids of tool calls of nine letters and digits. Its own pass as they are; one that another
 * provider made, of a conversation that goes on here, becomes nine characters of its digest, the same for call and result.
 */
final class MistralBody {

    private static final Pattern OWN = Pattern.compile("[a-zA-Z0-9]{9}");
    private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private MistralBody() {}

    /** Makes it one. */
    static void of(ObjectNode body) {
        body.remove("stream_options");
        for (JsonNode message : body.path("messages")) {
            message.path("tool_calls").forEach(call -> rewrite(call, "id"));
            rewrite(message, "tool_call_id");
        }
    }

    private static void rewrite(JsonNode node, String field) {
        if (node instanceof ObjectNode object && object.path(field).isTextual()) {
            object.put(field, nine(object.path(field).textValue()));
        }
    }

    private static String nine(String id) {
        if (OWN.matcher(id).matches()) {
            return id;
        }
        byte[] digest = digest(id);
        StringBuilder digits = new StringBuilder(9);
        for (int i = 0; i < 9; i++) {
            digits.append(LETTERS.charAt((digest[i] & 0xff) % LETTERS.length()));
        }
        return digits.toString();
    }

    private static byte[] digest(String id) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

package dev.tokentape.producer.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * The ids of tool calls as Mistral takes them: nine letters and digits. Its own pass as they are. One that another provider
 * made, of a conversation that goes on here, becomes nine characters of its digest, the same for call and result.
 */
final class NineCharacterCallIds {

    private static final Pattern OWN = Pattern.compile("[a-zA-Z0-9]{9}");
    private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private NineCharacterCallIds() {}

    /** Rewrites the ids of a Chat Completions body. */
    static void in(ObjectNode body) {
        for (JsonNode message : body.path("messages")) {
            message.path("tool_calls").forEach(call -> rewrite(call, "id"));
            rewrite(message, "tool_call_id");
        }
    }

    private static void rewrite(JsonNode node, String field) {
        if (node instanceof ObjectNode object && object.path(field).isTextual()) {
            object.put(field, of(object.path(field).textValue()));
        }
    }

    private static String of(String id) {
        if (OWN.matcher(id).matches()) {
            return id;
        }
        byte[] digest = digest(id);
        StringBuilder nine = new StringBuilder(9);
        for (int i = 0; i < 9; i++) {
            nine.append(LETTERS.charAt((digest[i] & 0xff) % LETTERS.length()));
        }
        return nine.toString();
    }

    private static byte[] digest(String id) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

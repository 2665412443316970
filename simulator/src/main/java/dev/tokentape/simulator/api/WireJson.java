package dev.tokentape.simulator.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON of the wire: escaping, trees to bytes, and what requests of several APIs have in common. */
final class WireJson {

    static final ObjectMapper MAPPER = new ObjectMapper();

    private WireJson() {}

    /** {@code text} as a JSON string, with its quotes. */
    static String quoted(String text) {
        var quoted = new StringBuilder(text.length() + 16).append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        return quoted.append('"').toString();
    }

    static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("cannot write a JSON tree", impossible);
        }
    }

    /** The text of a message's content: a string, or an array of parts of which some have text. */
    static String textOf(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        var text = new StringBuilder();
        for (JsonNode part : content) {
            text.append(part.path("text").asText(""));
        }
        return text.toString();
    }

    /** The arguments of a call; empty if the token limit has cut them short, for then they are no JSON. */
    static Optional<ObjectNode> arguments(Block.ToolCall call) {
        try {
            return MAPPER.readTree(call.joined()) instanceof ObjectNode whole ? Optional.of(whole) : Optional.empty();
        } catch (JsonProcessingException cutShort) {
            return Optional.empty();
        }
    }

    /** A limit on tokens; null if the request sets none. */
    static @Nullable Integer limit(JsonNode body, String name) throws RequestRefused {
        JsonNode limit = body.path(name);
        if (limit.isMissingNode() || limit.isNull()) {
            return null;
        }
        if (!limit.isInt() || limit.intValue() < 1) {
            throw new RequestRefused(400, "'" + name + "' must be a whole number of at least 1.");
        }
        return limit.intValue();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}

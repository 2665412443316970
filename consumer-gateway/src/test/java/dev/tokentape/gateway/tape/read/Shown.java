package dev.tokentape.gateway.tape.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.tape.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;

/** Frames as a client understands them. */
public final class Shown {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Shown() {}

    public static JsonNode json(Frame frame) {
        try {
            JsonNode node = JSON.readTree(frame.json());
            if (!node.get("id").asText().equals(frame.cursor())) {
                throw new AssertionError("id is not the frame's cursor");
            }
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code response:sequence}, or {@code gap:reason}. */
    public static String name(Frame frame) {
        JsonNode node = json(frame);
        return node.get("type").asText().equals("gap")
                ? "gap:" + node.get("reason").asText()
                : node.get("response_id").asText() + ":" + node.get("sequence").asLong();
    }

    public static List<String> names(List<Frame> frames) {
        return frames.stream().map(Shown::name).toList();
    }

    /** Names of events of one response, from a sequence up to but without another. */
    public static List<String> range(String response, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> response + ":" + i).toList();
    }
}

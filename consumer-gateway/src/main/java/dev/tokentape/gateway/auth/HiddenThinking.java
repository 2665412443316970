package dev.tokentape.gateway.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.stream.FrameFilter;
import dev.tokentape.gateway.tape.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream without what the model thinks: blocks of thinking are left out whole, and answers within a gap or a snapshot
 * are shown without theirs. Frames are shared, encoded once for all readers. What most of them are can be seen from a
 * few of their bytes ({@link EncodedEvent}); the rest are understood again here, for readers from whom something is
 * hidden.
 *
 * <p>Which blocks are being left out is remembered, at most {@value #MOST_OPEN}, so that their ends are left out too.
 * Who begins to read within such a block sees its end.
 */
final class HiddenThinking implements FrameFilter {

    private static final int MOST_OPEN = 256;
    private static final Set<String> BLOCKS = Set.of("thinking", "redacted_thinking");
    private static final Set<String> DELTAS = Set.of("thinking", "signature");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Set<String> hidden = new LinkedHashSet<>();

    @Override
    public @Nullable Frame shown(Frame frame) {
        return switch (EncodedEvent.of(frame)) {
            case THOUGHT -> null;
            case DELTA -> hidden.isEmpty() ? frame : understood(frame);
            case NO_BLOCK -> frame;
            case UNCLEAR -> understood(frame);
        };
    }

    private @Nullable Frame understood(Frame frame) {
        JsonNode event = read(frame.json());
        return switch (event.path("type").asText()) {
            case "content_block_start" -> begins(event) ? null : frame;
            case "content_block_delta" ->
                DELTAS.contains(event.path("delta").path("type").asText()) || hidden.contains(block(event))
                        ? null
                        : frame;
            case "content_block_stop" -> hidden.remove(block(event)) ? null : frame;
            case "gap", "snapshot" -> new Frame(frame.cursor(), write(strip(event)), frame.terminal());
            default -> frame;
        };
    }

    /** An answer, or whatever holds answers, without what was thought. */
    static byte[] without(byte[] json) {
        return write(strip(read(json)));
    }

    private boolean begins(JsonNode event) {
        String block = block(event);
        if (!BLOCKS.contains(event.path("block").path("type").asText())) {
            hidden.remove(block);
            return false;
        }
        if (hidden.size() >= MOST_OPEN) {
            hidden.remove(hidden.iterator().next());
        }
        hidden.add(block);
        return true;
    }

    private static String block(JsonNode event) {
        return "%s/%d/%d"
                .formatted(
                        event.path("response_id").asText(),
                        event.path("choice_index").asInt(),
                        event.path("block_index").asInt());
    }

    private static JsonNode strip(JsonNode document) {
        for (String list : new String[] {"responses", "turns", "open"}) {
            document.path(list).forEach(HiddenThinking::stripAnswer);
        }
        stripAnswer(document);
        return document;
    }

    private static void stripAnswer(JsonNode answer) {
        if (answer instanceof ObjectNode object && object.has("thinking")) {
            object.put("thinking", "");
        }
        removeThinking(answer.path("blocks"));
        answer.path("prompt").forEach(message -> removeThinking(message.path("content")));
    }

    private static void removeThinking(JsonNode blocks) {
        for (var each = blocks.iterator(); each.hasNext(); ) {
            if (BLOCKS.contains(each.next().path("type").asText())) {
                each.remove();
            }
        }
    }

    private static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] write(JsonNode document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

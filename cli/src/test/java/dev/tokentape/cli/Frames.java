package dev.tokentape.cli;

import dev.tokentape.cli.client.EventFrame;
import java.util.ArrayList;
import java.util.List;

/** Event frames as a gateway writes them. */
public final class Frames {

    public static final String RESPONSE = "0198c5d2-7a10-7c3e-8f4b-2f9f6b1f2a11";

    private Frames() {}

    public static String json(long sequence, String type, String further) {
        return ("{\"id\":\"cursor-%d\",\"type\":\"%s\",\"conversation_id\":\"c\",\"response_id\":\"%s\",\"attempt\":1,"
                        + "\"sequence\":%d,\"requested_at_us\":1000,\"received_at_us\":%d,\"published_at_us\":%d,"
                        + "\"elapsed_nanos\":%d%s}")
                .formatted(
                        sequence,
                        type,
                        RESPONSE,
                        sequence,
                        1_000_000 + sequence * 20_000,
                        1_000_400 + sequence * 20_000,
                        sequence * 20_000_000,
                        further);
    }

    public static String text(long sequence, String text) {
        return json(
                sequence,
                "content_block_delta",
                ",\"block_index\":0,\"delta\":{\"type\":\"text\",\"text\":\"" + text + "\"}");
    }

    public static String userMessage(long sequence, String text) {
        return json(sequence, "user_message", ",\"role\":\"user\",\"text\":\"" + text + "\"");
    }

    public static String stop(long sequence) {
        return json(sequence, "message_stop", ",\"stop_reason\":\"END_TURN\"");
    }

    public static String error(long sequence) {
        return json(
                sequence,
                "error",
                ",\"error\":{\"phase\":\"mid_stream\",\"code\":\"overloaded\",\"message\":\"too busy\","
                        + "\"retryable\":true}");
    }

    /** Read 2 ms after the provider's bytes came. */
    public static EventFrame frame(String json) {
        EventFrame parsed = EventFrame.parse(json, 0);
        return EventFrame.parse(json, parsed.receivedAt() + 2_000);
    }

    /** A whole answer: the question, these pieces of text, the end. */
    public static List<String> answer(String... pieces) {
        List<String> all = new ArrayList<>();
        all.add(userMessage(0, "Why?"));
        all.add(json(1, "message_start", ",\"role\":\"assistant\""));
        for (String piece : pieces) {
            all.add(text(all.size(), piece));
        }
        all.add(stop(all.size()));
        return all;
    }

    /** As server-sent events. */
    public static String sse(List<String> frames) {
        StringBuilder body = new StringBuilder("retry: 1000\n\n");
        for (String frame : frames) {
            String id = EventFrame.parse(frame, 0).id();
            body.append("id: ").append(id).append("\ndata: ").append(frame).append("\n\n");
        }
        return body.toString();
    }
}

package dev.tokentape.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;

/** How event sources are sent away: a 503 would stop a browser's EventSource for good, so it is told to come back. */
public final class Overload {

    private Overload() {}

    static boolean wantsEvents(HttpRequest head) {
        String accept = head.headers().get("Accept");
        return accept != null && accept.contains("text/event-stream");
    }

    /** An empty stream that asks for a later return. */
    public static HttpAnswer.Whole comeBack() {
        byte[] body = "retry: %d\n\n".formatted(5 * Door.returnAfterMillis()).getBytes(US_ASCII);
        return new HttpAnswer.Whole(200, "text/event-stream; charset=utf-8", body, Map.of("X-Accel-Buffering", "no"));
    }
}

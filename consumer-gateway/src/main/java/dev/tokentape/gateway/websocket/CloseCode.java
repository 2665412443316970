package dev.tokentape.gateway.websocket;

import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;

/**
 * Why the gateway closes a WebSocket. Of our own codes, 4000 to 4099 mean: come back with your cursors, after a short,
 * random while; 4400 to 4499: coming back the same way would end the same way.
 */
enum CloseCode {
    /** The gateway is being stopped. */
    GOING_AWAY(4000, "the gateway is closing; come back"),
    /** No frame came for three keep-alive intervals, though pings were sent. */
    SILENT(4001, "no answer to three pings; come back");

    private final int code;
    private final String reason;

    CloseCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    CloseWebSocketFrame frame() {
        return new CloseWebSocketFrame(code, reason);
    }
}

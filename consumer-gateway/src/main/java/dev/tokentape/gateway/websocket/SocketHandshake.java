package dev.tokentape.gateway.websocket;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/stream}: the change from HTTP to WebSocket (RFC 6455, version 13), sub-protocol required. */
public final class SocketHandshake {

    /** The one sub-protocol there is. */
    public static final String PROTOCOL = "tokentape.v1";

    private static final String VERSION = "13";
    private static final int NONCE_BYTES = 16;
    /** Fixed by RFC 6455. */
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final SocketServices services;

    public SocketHandshake(SocketServices services) {
        this.services = services;
    }

    public CompletionStage<HttpAnswer> handle(Request request) {
        if (!hasToken(request, "Connection", "upgrade") || !hasToken(request, "Upgrade", "websocket")) {
            throw upgradeRequired(
                    "this address speaks WebSocket only; send 'Connection: Upgrade' and 'Upgrade: websocket'");
        }
        if (!VERSION.equals(request.header("Sec-WebSocket-Version"))) {
            throw upgradeRequired("only WebSocket version 13 is spoken");
        }
        String key = request.header("Sec-WebSocket-Key");
        if (key == null || !isNonce(key)) {
            throw Problem.invalidParameter("Sec-WebSocket-Key", "expected 16 bytes in base64")
                    .asException();
        }
        if (!hasToken(request, "Sec-WebSocket-Protocol", PROTOCOL)) {
            throw wrongProtocol(request);
        }
        StreamHeartbeat heartbeat = StreamHeartbeat.of(request.header(StreamHeartbeat.HEADER), services.keepAlive());
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Accept", accept(key));
        headers.put("Sec-WebSocket-Protocol", PROTOCOL);
        headers.put(StreamHeartbeat.HEADER, heartbeat.told());
        return CompletableFuture.completedStage(new HttpAnswer.Upgrade(
                headers,
                codec -> new SocketSession(services, heartbeat, request.grant(), request.client())
                        .install(codec.pipeline())));
    }

    private static RuntimeException upgradeRequired(String detail) {
        return new Problem("upgrade-required", "The address speaks another protocol", 426, detail)
                .withHeader("Upgrade", "websocket")
                .withHeader("Connection", "Upgrade")
                .withHeader("Sec-WebSocket-Version", VERSION)
                .asException();
    }

    /** What was offered is told only in number: one of it may be a token. */
    private static RuntimeException wrongProtocol(Request request) {
        String offered = request.header("Sec-WebSocket-Protocol") == null
                ? "the client offers no WebSocket sub-protocol"
                : "none of the WebSocket sub-protocols that the client offers is spoken here";
        return Problem.invalidParameter(
                        "Sec-WebSocket-Protocol",
                        "%s; the gateway speaks '%s': in a browser, new WebSocket(address, ['%s'])"
                                .formatted(offered, PROTOCOL, PROTOCOL))
                .asException();
    }

    private static boolean hasToken(Request request, String header, String token) {
        return request.headers().getAll(header).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .anyMatch(value -> value.strip().equalsIgnoreCase(token));
    }

    private static boolean isNonce(String key) {
        byte @Nullable [] nonce;
        try {
            nonce = Base64.getDecoder().decode(key);
        } catch (IllegalArgumentException _) {
            return false;
        }
        return nonce.length == NONCE_BYTES;
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((key + ACCEPT_SUFFIX).getBytes(US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}

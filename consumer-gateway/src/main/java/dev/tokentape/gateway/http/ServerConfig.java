package dev.tokentape.gateway.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the door listens, and what it lets in at most.
 *
 * @param port 0 for any that is free
 * @param threads event loops
 * @param maxConnections open at once; those beyond get a refusal, and none is taken beyond that and an eighth
 * @param maxConnectionsPerAddress the same of one client address
 * @param maxRequestBytes of one body
 * @param maxMessageBytes of one WebSocket message, in however many frames
 * @param requestMemory bytes of all bodies held at once
 * @param headerTimeout how long a request's head may take to arrive, from its first byte
 * @param idleTimeout how long a client may take for a request's body, and be silent between requests
 * @param keepAlive how long a stream stays silent at most
 * @param maxSubscriptions conversations and responses that one WebSocket may read at once
 * @param asksPerMinute of one client: the token's subject, or else the address
 * @param drainTime in which all streams are sent away at the gateway's end; zero for at once
 * @param tls null for plain text
 */
public record ServerConfig(
        String host,
        int port,
        int threads,
        Access access,
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxRequestBytes,
        int maxMessageBytes,
        long requestMemory,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration keepAlive,
        int maxSubscriptions,
        int asksPerMinute,
        Duration drainTime,
        @Nullable TlsFiles tls) {}

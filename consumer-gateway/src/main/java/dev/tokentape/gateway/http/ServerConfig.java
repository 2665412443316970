package dev.tokentape.gateway.http;

import java.time.Duration;

/**
 * How the door listens, and what it lets in at most.
 *
 * @param port 0 for any that is free
 * @param threads event loops
 * @param maxConnections open at once; those beyond get a refusal, and none is taken beyond that and an eighth
 * @param maxRequestBytes of one body or WebSocket message
 * @param requestMemory bytes of all bodies held at once
 * @param idleTimeout how long a client may take to send a whole request, from the end of the one before
 * @param keepAlive how long a stream stays silent at most
 * @param maxSubscriptions conversations and responses that one WebSocket may read at once
 */
public record ServerConfig(
        String host,
        int port,
        int threads,
        Access access,
        int maxConnections,
        int maxRequestBytes,
        long requestMemory,
        Duration idleTimeout,
        Duration keepAlive,
        int maxSubscriptions) {}

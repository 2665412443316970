package dev.tokentape.gateway.auth;

import java.time.Instant;

/**
 * @param text what stands in an address
 * @param expiresAt when it opens nothing any more
 */
public record Ticket(String text, Instant expiresAt) {

    /** Without the ticket itself: it must not stand in a log. */
    @Override
    public String toString() {
        return "Ticket[expiresAt=" + expiresAt + "]";
    }
}

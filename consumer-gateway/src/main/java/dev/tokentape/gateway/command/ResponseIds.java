package dev.tokentape.gateway.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.UUID;

/** Ids of answers: ordered by time, or, given an idempotency key, the same at every gateway. */
final class ResponseIds {

    private static final SecureRandom RANDOM = new SecureRandom();

    private ResponseIds() {}

    /** A UUID of version 7. @param nowMillis wall clock, milliseconds since 1970 UTC */
    static String next(long nowMillis) {
        long random = RANDOM.nextLong();
        long high = (nowMillis << 16) | 0x7000L | (random & 0x0fffL);
        return new UUID(high, variant(RANDOM.nextLong())).toString();
    }

    /** A UUID of version 8: the SHA-256 of conversation id, a zero byte and the key, as far as it fits. */
    static String derived(String conversationId, String idempotencyKey) {
        MessageDigest digest = sha256();
        digest.update(conversationId.getBytes(UTF_8));
        digest.update((byte) 0);
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(idempotencyKey.getBytes(UTF_8)));
        long high = (hash.getLong() & ~0xf000L) | 0x8000L;
        return new UUID(high, variant(hash.getLong())).toString();
    }

    /**
     * The id of the answer that goes on from another, after tool results: derived from that one alone, so that every
     * contribution, at every gateway, is to the same. No idempotency key has a zero byte, so none comes to the same id.
     */
    static String continuing(String conversationId, String responseId) {
        return derived(conversationId, "continues\0" + responseId);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static long variant(long low) {
        return (low & 0x3fffffffffffffffL) | 0x8000000000000000L;
    }
}

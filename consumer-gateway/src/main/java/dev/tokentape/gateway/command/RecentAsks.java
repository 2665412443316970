package dev.tokentape.gateway.command;

import dev.tokentape.schemas.avro.GenerationRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;

/**
 * The latest asks that came in through this gateway, at most {@value #MOST}: how a repeat is told from a new one, and
 * how an answer is known before the tape has its first event. Thread-safe.
 */
final class RecentAsks {

    static final int MOST = 10_000;

    /**
     * @param fingerprint of all that was asked for
     * @param cursor the place on the conversation's tape that was fixed before
     * @param stored done when it is safe in Kafka
     */
    record Ask(
            String conversationId,
            String fingerprint,
            String cursor,
            String provider,
            String model,
            Instant requestedAt,
            CompletableFuture<Void> stored) {}

    private final Map<String, Ask> byResponse = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ask> eldest) {
            return size() > MOST;
        }
    };

    /** The ask that came before with the same response id; null if there was none, and this one is noted. */
    synchronized @Nullable Ask putIfNew(String responseId, Ask ask) {
        return byResponse.putIfAbsent(responseId, ask);
    }

    synchronized @Nullable Ask find(String conversationId, String responseId) {
        Ask ask = byResponse.get(responseId);
        return ask != null && ask.conversationId().equals(conversationId) ? ask : null;
    }

    /** Forgets an ask that did not get through, so that its repeat is tried again. */
    synchronized void forget(String responseId, Ask ask) {
        byResponse.remove(responseId, ask);
    }

    static String fingerprint(GenerationRequest request) {
        // Digested as it is encoded: a copy of a large request would be one too many.
        GenerationRequest timeless = GenerationRequest.newBuilder(request)
                .setRequestedAt(Instant.EPOCH)
                .build();
        MessageDigest digest = ResponseIds.sha256();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new SpecificDatumWriter<>(GenerationRequest.class).write(timeless, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}

package dev.tokentape.benchmarks.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes the tokens with which readers of one measurement say who they are. */
final class Tokens {

    private static final Duration GOOD_FOR = Duration.ofHours(2);
    private static final int SECRET_BYTES = 48;
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final String secret;

    private Tokens(String secret) {
        this.secret = secret;
    }

    /** With a secret of their own. */
    static Tokens make() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return new Tokens(TEXT.encodeToString(random));
    }

    /** What makes a gateway take them. */
    Map<String, String> environment() {
        return Map.of("TOKENTAPE_GATEWAY_AUTH_SECRET", secret);
    }

    /** @param scope what its bearer may do, words apart by spaces */
    String of(String scope) {
        String head = TEXT.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8));
        String claims = TEXT.encodeToString("{\"sub\":\"reader\",\"scope\":\"%s\",\"conversations\":[\"*\"],\"exp\":%d}"
                .formatted(scope, Instant.now().plus(GOOD_FOR).getEpochSecond())
                .getBytes(UTF_8));
        return head + "." + claims + "." + TEXT.encodeToString(signature(head + "." + claims));
    }

    private byte[] signature(String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return mac.doFinal(signed.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }
}

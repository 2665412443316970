package dev.tokentape.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A token that a gateway with the same secret takes, for those who have no issuer of their own.
 *
 * @param subject who it is for
 * @param conversations patterns of conversation ids, {@code *} standing for any characters
 * @param issuer what {@code gateway.auth.issuer} expects; null for none
 * @param audience what {@code gateway.auth.audience} expects; null for none
 */
public record NewToken(
        String subject,
        Set<Scope> scopes,
        List<String> conversations,
        Instant expiresAt,
        @Nullable String issuer,
        @Nullable String audience) {

    /** The environment variable that holds the secret where no other is named. */
    public static final String SECRET_VARIABLE = AuthConfig.SECRET_VARIABLE;

    public NewToken {
        scopes = Set.copyOf(scopes);
        conversations = List.copyOf(conversations);
    }

    /** The words that say what it allows, with spaces between. */
    public String scope() {
        return scopes.stream().sorted().map(Scope::word).collect(Collectors.joining(" "));
    }

    /**
     * Signs it, HS256.
     *
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes
     */
    public String signed(byte[] secret) {
        if (secret.length < AuthConfig.SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "the secret has %d bytes: expected %d at least".formatted(secret.length, AuthConfig.SECRET_BYTES));
        }
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject(subject)
                .expirationTime(Date.from(expiresAt))
                .issuer(issuer)
                .audience(audience)
                .claim("scope", scope())
                .claim("conversations", conversations)
                .build();
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            token.sign(new MACSigner(secret));
        } catch (JOSEException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
        return token.serialize();
    }
}

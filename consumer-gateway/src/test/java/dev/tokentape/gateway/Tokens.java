package dev.tokentape.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Tokens as an issuer would make them. */
final class Tokens {

    static final String SECRET = "a secret of the tests, long enough for HMAC-SHA-256";
    static final String VARIABLE = "TOKENTAPE_GATEWAY_AUTH_SECRET";

    private Tokens() {}

    /** For an hour. @param scope words with spaces between */
    static String of(String subject, String scope, String... conversations) {
        return lasting(Duration.ofHours(1), subject, scope, conversations);
    }

    static String lasting(Duration time, String subject, String scope, String... conversations) {
        return signed(
                SECRET,
                claims(subject, Instant.now().plus(time))
                        .claim("scope", scope)
                        .claim("conversations", List.of(conversations))
                        .build());
    }

    static JWTClaimsSet.Builder claims(String subject, Instant expiresAt) {
        return new JWTClaimsSet.Builder().subject(subject).expirationTime(Date.from(expiresAt));
    }

    static String signed(String secret, JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
            jwt.sign(new MACSigner(secret.getBytes(UTF_8)));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A ticket as the gateway gives it to whoever has this token. */
    static String ticketFor(TestGateway gateway, String token) {
        HttpResponse<String> response = gateway.send(gateway.request("/v1/tickets")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody())
                .build());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(Documents.faults("#/components/schemas/Ticket", TestGateway.json(response)))
                .isEmpty();
        return TestGateway.json(response).path("ticket").asText();
    }
}

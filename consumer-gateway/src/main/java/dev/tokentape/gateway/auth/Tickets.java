package dev.tokentape.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Short-lived stand-ins for a token, for where a token would be written into a log: the address of an EventSource or of
 * a browser's WebSocket. A ticket is the grant itself, signed, so every gateway with the same secret takes it; it may
 * be used as often as the client has to reconnect until it expires. What it opens lasts as long as the token would
 * have.
 */
final class Tickets {

    private static final String PREFIX = "tkt_";
    private static final int MAX_LENGTH = 6 * 1024;

    private final byte[] secret;
    private final Duration lifetime;
    private final Clock clock;

    Tickets(byte[] secret, Duration lifetime, Clock clock) {
        this.secret = secret.clone();
        this.lifetime = lifetime;
        this.clock = clock;
    }

    static boolean looksLikeOne(String text) {
        return text.startsWith(PREFIX);
    }

    Ticket issue(Grant grant) {
        Instant until = clock.instant().plus(lifetime);
        Instant expiresAt = grant.expiresAt() != null && grant.expiresAt().isBefore(until) ? grant.expiresAt() : until;
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject(grant.subject())
                .expirationTime(Date.from(expiresAt))
                .claim("scopes", grant.scopes().stream().map(Scope::name).toList())
                .claim("conversations", grant.conversations())
                .claim("thinking", grant.seesThinking());
        if (grant.expiresAt() != null) {
            claims.claim("until", grant.expiresAt().getEpochSecond());
        }
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
        try {
            jwt.sign(new MACSigner(secret));
        } catch (JOSEException e) {
            throw new IllegalStateException("a ticket cannot be signed", e);
        }
        return new Ticket(PREFIX + jwt.serialize(), Instant.ofEpochSecond(expiresAt.getEpochSecond()));
    }

    Grant read(String ticket) {
        if (!looksLikeOne(ticket) || ticket.length() > MAX_LENGTH) {
            throw Unauthenticated.because("the ticket is none that a gateway has given out");
        }
        try {
            SignedJWT jwt = SignedJWT.parse(ticket.substring(PREFIX.length()));
            if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) || !jwt.verify(new MACVerifier(secret))) {
                throw Unauthenticated.because(
                        "the ticket is none that this gateway, or one with the same ticket secret, has given out");
            }
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            if (!clock.instant().isBefore(claims.getExpirationTime().toInstant())) {
                throw Unauthenticated.because("the ticket has expired");
            }
            return grant(claims);
        } catch (ParseException | JOSEException _) {
            throw Unauthenticated.because("the ticket is none that a gateway has given out");
        }
    }

    private static Grant grant(JWTClaimsSet claims) throws ParseException {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        claims.getStringListClaim("scopes").forEach(name -> scopes.add(Scope.valueOf(name)));
        @Nullable Long until = claims.getLongClaim("until");
        List<String> conversations = new ArrayList<>(claims.getStringListClaim("conversations"));
        return new Grant(
                claims.getSubject(),
                scopes,
                conversations,
                claims.getBooleanClaim("thinking"),
                until == null ? null : Instant.ofEpochSecond(until));
    }
}

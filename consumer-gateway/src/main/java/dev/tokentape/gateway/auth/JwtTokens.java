package dev.tokentape.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON Web Tokens: {@code sub} and {@code exp} must be there, {@code scope} (words in one string, or a list; also
 * {@code scp}) says what is allowed, {@code conversations} (patterns) where.
 *
 * <p>Where keys are published, reading may wait for them ({@link PublishedKeys}).
 */
final class JwtTokens {

    private static final int MAX_TOKEN_LENGTH = 8 * 1024;
    private static final int MAX_PATTERNS = 1_000;
    private static final int SKEW_SECONDS = 30;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int READ_MILLIS = 2_000;
    private static final int MAX_KEYS_BYTES = 256 * 1024;
    private static final Set<JWSAlgorithm> PUBLIC_KEY_ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final AuthConfig config;

    /** @param elsewhere where published keys are fetched */
    JwtTokens(AuthConfig config, Executor elsewhere) {
        this.config = config;
        processor.setJWSKeySelector(selector(config.keys(), elsewhere));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        JWTClaimsSet.Builder exactly = new JWTClaimsSet.Builder();
        if (config.issuer() != null) {
            exactly.issuer(config.issuer());
        }
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(config.audience(), exactly.build(), Set.of("sub", "exp"));
        claims.setMaxClockSkew(SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
    }

    private static JWSVerificationKeySelector<SecurityContext> selector(AuthConfig.Keys keys, Executor elsewhere) {
        return switch (keys) {
            case AuthConfig.Keys.Secret secret ->
                new JWSVerificationKeySelector<>(JWSAlgorithm.HS256, new ImmutableSecret<>(secret.bytes()));
            case AuthConfig.Keys.Published published ->
                new JWSVerificationKeySelector<>(PUBLIC_KEY_ALGORITHMS, source(published, elsewhere));
            case AuthConfig.Keys.None _ -> throw new IllegalArgumentException("there is nothing to check tokens with");
        };
    }

    private static JWKSource<SecurityContext> source(AuthConfig.Keys.Published published, Executor elsewhere) {
        try {
            URL address = published.address().toURL();
            DefaultResourceRetriever retriever =
                    new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, MAX_KEYS_BYTES);
            return new PublishedKeys(
                    () -> JWKSet.parse(retriever.retrieveResource(address).getContent()), System::nanoTime, elsewhere);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws ProblemException if the token is none, is not for here, or cannot be checked now */
    Grant read(String token) {
        if (token.length() > MAX_TOKEN_LENGTH) {
            throw Unauthenticated.because("the token has more than %d characters".formatted(MAX_TOKEN_LENGTH));
        }
        try {
            return grant(processor.process(token, null));
        } catch (KeySourceException _) {
            throw new Problem(
                            "keys-unavailable",
                            "Tokens cannot be checked now",
                            503,
                            "the keys at gateway.auth.jwks-url cannot be had now; repeat the request")
                    .withHeader("Retry-After", "2")
                    .asException();
        } catch (ParseException e) {
            throw Unauthenticated.because("the token is no JSON Web Token");
        } catch (BadJOSEException | JOSEException e) {
            throw Unauthenticated.because("the token is not valid: " + why(e));
        }
    }

    /** In our words alone: the library's quote the token's claims. */
    private static String why(Exception e) {
        String theirs = String.valueOf(e.getMessage());
        if (e instanceof ExpiredJWTException) {
            return "it has expired";
        }
        if (theirs.startsWith("JWT before use time")) {
            return "it is not to be used yet";
        }
        if (theirs.startsWith("JWT missing required")) {
            return "it lacks one of the claims that are needed: sub, exp, and aud and iss where the gateway "
                    + "checks them";
        }
        if (theirs.startsWith("JWT iss") || theirs.startsWith("JWT aud")) {
            return "its issuer or its audience is not the one that this gateway expects";
        }
        return e instanceof BadJWSException && theirs.contains("nvalid signature")
                ? "its signature is not that of a key that this gateway knows"
                : "its form, its type or its algorithm is none that is taken here, or its key is not known";
    }

    private Grant grant(JWTClaimsSet claims) throws ParseException {
        String subject = claims.getSubject();
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        List<String> words = new ArrayList<>(words(claims, "scope"));
        words.addAll(words(claims, "scp"));
        for (Scope scope : Scope.values()) {
            if (words.contains(scope.word())) {
                scopes.add(scope);
            }
        }
        List<String> patterns = words(claims, "conversations");
        if (patterns.isEmpty()) {
            patterns = config.defaultConversations().stream()
                    .map(pattern -> pattern.replace("{sub}", subject))
                    .toList();
        }
        if (patterns.size() > MAX_PATTERNS) {
            throw Unauthenticated.because(
                    "the token names more than %d conversations; use patterns".formatted(MAX_PATTERNS));
        }
        boolean seesThinking = !config.hideThinking() || scopes.contains(Scope.THINKING);
        return new Grant(
                subject,
                scopes,
                patterns,
                seesThinking,
                claims.getExpirationTime().toInstant());
    }

    /** A claim that is a list of strings, or one string with spaces between. */
    private static List<String> words(JWTClaimsSet claims, String name) throws ParseException {
        @Nullable Object claim = claims.getClaim(name);
        return switch (claim) {
            case null -> List.of();
            case String words -> List.of(words.strip().split("\\s+", -1));
            default -> claims.getStringListClaim(name);
        };
    }
}

package dev.tokentape.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads JSON Web Tokens: {@code sub} and {@code exp} must be there, {@code scope} (words in one string, or a list; also
 * {@code scp}) says what is allowed, {@code conversations} (patterns) where.
 *
 * <p>Published keys are kept for {@value #KEYS_MINUTES} minutes and fetched again when a token names one that is not
 * among them, at most a few times a minute; when the issuer is away, the last ones go on for hours. Reading may wait for such a fetch.
 */
final class JwtTokens {

    private static final Logger log = LoggerFactory.getLogger(JwtTokens.class);
    private static final int MAX_TOKEN_LENGTH = 8 * 1024;
    private static final int MAX_PATTERNS = 1_000;
    private static final int SKEW_SECONDS = 30;
    private static final int FETCH_MILLIS = 3_000;
    private static final int MAX_KEYS_BYTES = 256 * 1024;
    private static final int KEYS_MINUTES = 5;
    private static final Duration OUTAGE = Duration.ofHours(4);
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

    JwtTokens(AuthConfig config) {
        this.config = config;
        processor.setJWSKeySelector(selector(config.keys()));
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

    private static JWSVerificationKeySelector<SecurityContext> selector(AuthConfig.Keys keys) {
        return switch (keys) {
            case AuthConfig.Keys.Secret secret ->
                new JWSVerificationKeySelector<>(JWSAlgorithm.HS256, new ImmutableSecret<>(secret.bytes()));
            case AuthConfig.Keys.Published published ->
                new JWSVerificationKeySelector<>(PUBLIC_KEY_ALGORITHMS, source(published));
            case AuthConfig.Keys.None _ -> throw new IllegalArgumentException("there is nothing to check tokens with");
        };
    }

    private static JWKSource<SecurityContext> source(AuthConfig.Keys.Published published) {
        try {
            return JWKSourceBuilder.<SecurityContext>create(
                            published.address().toURL(),
                            new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, MAX_KEYS_BYTES))
                    .cache(Duration.ofMinutes(KEYS_MINUTES).toMillis(), 2L * FETCH_MILLIS)
                    .rateLimited(true)
                    .outageTolerant(OUTAGE.toMillis())
                    .build();
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
        } catch (KeySourceException e) {
            log.warn("the keys that tokens are checked with cannot be had: {}", e.getMessage());
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
            throw Unauthenticated.because("the token is not valid: " + e.getMessage());
        }
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

package dev.tokentape.gateway.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tokentape.schemas.config.Settings;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How callers are recognised.
 *
 * @param keys what tokens are checked with
 * @param issuer that tokens must name; null for any
 * @param audience that tokens must name; null for any
 * @param defaultConversations patterns for tokens that name none; {@code {sub}} stands for the subject
 * @param hideThinking whether only those with the scope see what models think
 * @param ticketSecret what tickets are signed with, 32 bytes
 * @param ticketLifetime how long a ticket opens streams
 * @param warning how long before a token's end its stream is told to authenticate again
 */
public record AuthConfig(
        Keys keys,
        @Nullable String issuer,
        @Nullable String audience,
        List<String> defaultConversations,
        boolean hideThinking,
        byte[] ticketSecret,
        Duration ticketLifetime,
        Duration warning) {

    static final int SECRET_BYTES = 32;

    static final String SECRET_VARIABLE = "TOKENTAPE_GATEWAY_AUTH_SECRET";
    private static final String TICKET_SECRET_VARIABLE = "TOKENTAPE_GATEWAY_TICKET_SECRET";

    /** What tokens are checked with. */
    public sealed interface Keys {
        /** Nobody is asked who they are. */
        record None() implements Keys {}

        /** HMAC-SHA-256 with a secret that the issuer has too. */
        record Secret(byte[] bytes) implements Keys {
            @Override
            public String toString() {
                return "Secret[(set)]";
            }
        }

        /** The issuer's public keys, from where it publishes them. */
        record Published(URI address) implements Keys {}
    }

    public AuthConfig {
        defaultConversations = List.copyOf(defaultConversations);
    }

    /** Whether callers need a token. */
    public boolean required() {
        return !(keys instanceof Keys.None);
    }

    /** Reads {@code gateway.auth.*}; problems are noted there. */
    public static AuthConfig from(Settings settings) {
        byte[] secret = secret(settings, "gateway.auth.secret-variable", SECRET_VARIABLE);
        URI published = published(settings);
        if (secret != null && published != null) {
            settings.problem(("gateway.auth.jwks-url and the secret in %s are both set: tokens are checked with one "
                            + "of them, so take the other away")
                    .formatted(settings.text("gateway.auth.secret-variable", SECRET_VARIABLE)));
        }
        byte[] ticketSecret = secret(settings, "gateway.auth.ticket-secret-variable", TICKET_SECRET_VARIABLE);
        return new AuthConfig(
                published != null
                        ? new Keys.Published(published)
                        : secret != null ? new Keys.Secret(secret) : new Keys.None(),
                settings.optionalText("gateway.auth.issuer"),
                settings.optionalText("gateway.auth.audience"),
                settings.list("gateway.auth.default-conversations", ""),
                settings.flag("gateway.auth.hide-thinking", false),
                ticketSecret != null ? derived(ticketSecret) : secret != null ? derived(secret) : random(),
                settings.positive("gateway.auth.ticket-lifetime", Duration.ofMinutes(15)),
                settings.positive("gateway.auth.reauthenticate-before", Duration.ofSeconds(30)));
    }

    private static byte @Nullable [] secret(Settings settings, String key, String defaultVariable) {
        String variable = settings.text(key, defaultVariable);
        String value = settings.secret(variable);
        if (value == null) {
            if (!variable.equals(defaultVariable)) {
                settings.problem("%s names the variable %s, which is not set".formatted(key, variable));
            }
            return null;
        }
        byte[] bytes = value.getBytes(UTF_8);
        if (bytes.length < SECRET_BYTES) {
            settings.problem(
                    "%s has %d bytes: expected a secret of %d at least, such as 'openssl rand -base64 48' makes"
                            .formatted(variable, bytes.length, SECRET_BYTES));
        }
        return bytes;
    }

    private static @Nullable URI published(Settings settings) {
        String given = settings.optionalText("gateway.auth.jwks-url");
        if (given == null) {
            return null;
        }
        try {
            URI address = URI.create(given.strip());
            boolean secure = "https".equals(address.getScheme());
            if (address.getHost() != null && (secure || "http".equals(address.getScheme()) && isHere(address))) {
                return address;
            }
        } catch (IllegalArgumentException _) {
            // Told below, like any other that cannot be used.
        }
        settings.problem(("gateway.auth.jwks-url is '%s': expected an https address (http only on this machine): "
                        + "whoever can change what comes from there can make tokens")
                .formatted(given));
        return null;
    }

    private static boolean isHere(URI address) {
        try {
            return InetAddress.getByName(address.getHost()).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    /** Never the token secret itself: a ticket must not pass for a token of the issuer's, nor the other way round. */
    private static byte[] derived(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal("tokentape ticket".getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static byte[] random() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return ("AuthConfig[keys=%s, issuer=%s, audience=%s, defaultConversations=%s, hideThinking=%s, "
                        + "ticketLifetime=%s, warning=%s]")
                .formatted(keys, issuer, audience, defaultConversations, hideThinking, ticketLifetime, warning);
    }
}

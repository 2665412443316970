package dev.tokentape.producer.provider.auth;

import dev.tokentape.schemas.config.Settings;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests to Bedrock by AWS Signature Version 4: a digest of the request, keyed by the secret, the day, the
 * region and the service.
 *
 * <p>Made here since AWS's own signer writes the session token to its debug log.
 */
public final class AwsSigner {

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SERVICE = "bedrock";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Secret id;
    private final Secret secret;
    private final @Nullable Secret token;
    private final String region;

    AwsSigner(String id, String secret, @Nullable String token, String region) {
        this.id = new Secret(id);
        this.secret = new Secret(secret);
        this.token = token == null ? null : new Secret(token);
        this.region = region;
    }

    /** A signer with the credentials of AWS's usual variables; null where they are not set. */
    public static @Nullable AwsSigner from(Settings settings, String region) {
        String id = settings.secret("AWS_ACCESS_KEY_ID");
        String secret = settings.secret("AWS_SECRET_ACCESS_KEY");
        String token = settings.secret("AWS_SESSION_TOKEN");
        return id == null || secret == null ? null : new AwsSigner(id, secret, token, region);
    }

    /** What nobody else may see. */
    public List<Secret> secrets() {
        List<Secret> secrets = new ArrayList<>(List.of(id, secret));
        if (token != null) {
            secrets.add(token);
        }
        return List.copyOf(secrets);
    }

    /** The POST request with the headers of its signature. */
    public Request sign(Request request, byte[] body, Instant now) {
        String time = TIME.format(now);
        String day = time.substring(0, 8);
        String digest = hex(sha256(body));
        Map<String, String> signed = new TreeMap<>();
        signed.put("host", host(request.url()));
        signed.put("x-amz-content-sha256", digest);
        signed.put("x-amz-date", time);
        if (token != null) {
            signed.put("x-amz-security-token", token.value());
        }
        String names = String.join(";", signed.keySet());
        String headers = signed.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining());
        String canonical = String.join("\n", "POST", path(request.url()), query(request.url()), headers, names, digest);
        String scope = "%s/%s/%s/aws4_request".formatted(day, region, SERVICE);
        String toSign = String.join("\n", ALGORITHM, time, scope, hex(sha256(utf8(canonical))));
        byte[] key = utf8("AWS4" + secret.value());
        for (String step : List.of(day, region, SERVICE, "aws4_request", toSign)) {
            key = hmac(key, step);
        }
        Request.Builder with = request.newBuilder();
        signed.forEach(with::header);
        return with.header(
                        "Authorization",
                        "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                                .formatted(ALGORITHM, id.value(), scope, names, hex(key)))
                .build();
    }

    private static String host(HttpUrl url) {
        boolean usual = url.port() == HttpUrl.defaultPort(url.scheme());
        return usual ? url.host() : url.host() + ":" + url.port();
    }

    /** Every service but S3 wants the path encoded once more than it is sent. */
    private static String path(HttpUrl url) {
        return url.encodedPath().replace("%", "%25").replace(":", "%3A");
    }

    private static String query(HttpUrl url) {
        String query = url.encodedQuery();
        return query == null
                ? ""
                : List.of(query.split("&", -1)).stream()
                        .map(field -> field.contains("=") ? field : field + "=")
                        .sorted()
                        .collect(Collectors.joining("&"));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return "AwsSigner[%s]".formatted(region);
    }
}

package dev.tokentape.producer.provider.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import mockwebserver3.RecordedRequest;

/** AWS Signature Version 4 as the server computes it, from its published description, to check what clients send. */
public final class SignatureV4 {

    private static final Pattern AUTHORIZATION =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=[^/]+/((\\d+)/([^/]+)/([^/]+)/aws4_request), "
                    + "?SignedHeaders=([^,]+), ?Signature=(\\w+)");

    private SignatureV4() {}

    public static String sent(RecordedRequest request) {
        return parsed(request).group(6);
    }

    public static String expected(RecordedRequest request, String secret) throws GeneralSecurityException {
        Matcher told = parsed(request);
        StringBuilder canonical = new StringBuilder("POST\n")
                // Every service but S3 encodes the path once more.
                .append(request.getTarget().replace("%", "%25"))
                .append("\n\n");
        for (String header : told.group(5).split(";", -1)) {
            canonical
                    .append(header)
                    .append(':')
                    .append(request.getHeaders().get(header))
                    .append('\n');
        }
        byte[] body = Objects.requireNonNull(request.getBody()).toByteArray();
        canonical.append('\n').append(told.group(5)).append('\n').append(sha256(body));
        String toSign = "AWS4-HMAC-SHA256\n%s\n%s\n%s"
                .formatted(
                        request.getHeaders().get("x-amz-date"),
                        told.group(1),
                        sha256(canonical.toString().getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String step : new String[] {told.group(2), told.group(3), told.group(4), "aws4_request"}) {
            key = hmac(key, step);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static Matcher parsed(RecordedRequest request) {
        String header = request.getHeaders().get("Authorization");
        Matcher matcher = AUTHORIZATION.matcher(header == null ? "" : header);
        if (!matcher.matches()) {
            throw new AssertionError("not signed: " + header);
        }
        return matcher;
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}

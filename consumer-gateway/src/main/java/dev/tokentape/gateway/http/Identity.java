package dev.tokentape.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain and the key that belongs to its first.
 *
 * @param chain the server's own first
 */
record Identity(PrivateKey key, X509Certificate[] chain) {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] PROBE = "tokentape".getBytes(US_ASCII);

    /**
     * Reads both from PEM.
     *
     * @throws GeneralSecurityException if they are malformed, or the key is another certificate's
     */
    static Identity of(byte[] certificatePem, byte[] keyPem) throws GeneralSecurityException {
        X509Certificate[] chain =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(certificatePem))
                        .stream()
                        .map(X509Certificate.class::cast)
                        .toArray(X509Certificate[]::new);
        if (chain.length == 0) {
            throw new GeneralSecurityException("there is no certificate");
        }
        Matcher pem = PKCS8.matcher(new String(keyPem, US_ASCII));
        if (!pem.find()) {
            throw new GeneralSecurityException(
                    "there is no 'BEGIN PRIVATE KEY'; 'openssl pkcs8 -topk8 -nocrypt' makes one of other forms");
        }
        PublicKey its = chain[0].getPublicKey();
        PrivateKey key;
        try {
            key = KeyFactory.getInstance(its.getAlgorithm())
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("the key is not base64", e);
        }
        requirePair(its, key);
        return new Identity(key, chain);
    }

    /** Java would not say that they do not fit, and every handshake would fail. */
    private static void requirePair(PublicKey its, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (its.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> its.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(its);
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not the certificate's");
        }
    }
}

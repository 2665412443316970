package dev.tokentape.benchmarks.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;

/**
 * A key and a certificate that it has signed itself, for one measurement. The readers of a measurement take any
 * certificate, so nobody needs to trust this one.
 */
public final class Certificate {

    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "gateway";

    private final Path chain;
    private final Path key;

    private Certificate(Path chain, Path key) {
        this.chain = chain;
        this.key = key;
    }

    /**
     * Makes one (ECDSA, P-256), with the JDK's own tool.
     *
     * @param folder where its files are written
     */
    public static Certificate in(Path folder) {
        Path store = folder.resolve("certificate.p12");
        try {
            keytool(store);
            KeyStore made = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                made.load(in, PASSWORD.toCharArray());
            }
            Path chain = folder.resolve("certificate.pem");
            Path key = folder.resolve("key.pem");
            Files.writeString(
                    chain, pem("CERTIFICATE", made.getCertificate(ALIAS).getEncoded()));
            Files.writeString(
                    key,
                    pem(
                            "PRIVATE KEY",
                            made.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
            return new Certificate(chain, key);
        } catch (IOException e) {
            throw new UncheckedIOException("no certificate for the measurement could be made: " + e, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no certificate for the measurement could be made: " + e, e);
        }
    }

    /** What makes a gateway speak TLS with it. */
    public Map<String, String> settings() {
        return Map.of("gateway.tls.certificate", chain.toString(), "gateway.tls.key", key.toString());
    }

    private static void keytool(Path store) throws IOException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-alias",
                        ALIAS,
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.onExit().join().exitValue() != 0) {
            throw new IOException("keytool failed: " + said.strip());
        }
    }

    private static String pem(String name, byte[] bytes) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(name, body, name);
    }
}

package dev.tokentape.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;

/**
 * The certificates of a PEM file, which a client trusts instead of those that Java does: of authorities, or a server's
 * own.
 */
public final class TrustedCertificates {

    private final SSLContext context;
    private final X509TrustManager trust;

    private TrustedCertificates(SSLContext context, X509TrustManager trust) {
        this.context = context;
        this.trust = trust;
    }

    /**
     * Those of a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds no certificates
     */
    public static TrustedCertificates in(Path pem) throws IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IllegalArgumentException(pem + " holds no certificate");
            }
            return of(found);
        } catch (CertificateException e) {
            throw new IllegalArgumentException(pem + " holds no certificates in PEM", e);
        }
    }

    private static TrustedCertificates of(Collection<? extends Certificate> certificates) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("trusted-" + store.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trust) {
                    return new TrustedCertificates(context, trust);
                }
            }
            throw new IllegalStateException("every JDK checks X.509 certificates");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS and a key store", e);
        }
    }

    void applyTo(OkHttpClient.Builder client) {
        client.sslSocketFactory(context.getSocketFactory(), trust);
    }
}

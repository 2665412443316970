package dev.tokentape.gateway.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's identity, as its files hold it. They are looked at every few seconds; once they have changed and make a
 * whole, new connections get the new identity, and those that are open keep theirs. Files that cannot be used, such as
 * a new certificate beside the old key, change nothing until they can.
 */
final class Tls implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Tls.class);
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private final TlsFiles files;
    private final Thread watch;
    private volatile SslContext current;
    private byte[] seen;

    /**
     * Reads the files.
     *
     * @param interval at which they are looked at again
     * @throws TlsException if they cannot be used
     */
    Tls(TlsFiles files, Duration interval) {
        this.files = files;
        try {
            byte[] certificate = Files.readAllBytes(files.certificate());
            byte[] key = Files.readAllBytes(files.key());
            this.seen = digest(certificate, key);
            this.current = context(certificate, key);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new TlsException(
                    ("gateway.tls.certificate=%s and gateway.tls.key=%s cannot be used: %s; expected a PEM "
                                    + "certificate chain and its PKCS #8 key without a password")
                            .formatted(files.certificate(), files.key(), e.getMessage()),
                    e);
        }
        this.watch = Thread.ofVirtual().name("tokentape-gateway-certificate").start(() -> watch(interval));
    }

    /** TLS for a new connection. */
    SslHandler handler(ByteBufAllocator allocator) {
        SslHandler handler = current.newHandler(allocator);
        handler.setHandshakeTimeout(HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    private void watch(Duration interval) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(interval);
            } catch (InterruptedException _) {
                return;
            }
            look();
        }
    }

    private void look() {
        try {
            byte[] certificate = Files.readAllBytes(files.certificate());
            byte[] key = Files.readAllBytes(files.key());
            byte[] digest = digest(certificate, key);
            if (Arrays.equals(digest, seen)) {
                return;
            }
            seen = digest;
            current = context(certificate, key);
            log.atInfo().addKeyValue("file", files.certificate()).log("new connections get the new certificate");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            log.atWarn()
                    .addKeyValue("file", files.certificate())
                    .addKeyValue("cause", e.toString())
                    .log("the certificate or its key cannot be used; the one before stays");
        }
    }

    private static SslContext context(byte[] certificate, byte[] key) throws SSLException, GeneralSecurityException {
        Identity identity = Identity.of(certificate, key);
        return SslContextBuilder.forServer(identity.key(), identity.chain())
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    private static byte[] digest(byte[] certificate, byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(certificate);
            return digest.digest(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}

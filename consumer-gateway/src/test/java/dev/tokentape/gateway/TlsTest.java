package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.tokentape.gateway.http.TlsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsTest {

    @TempDir
    Path folder = Path.of("");

    private Path certificate = Path.of("");
    private Path key = Path.of("");

    @BeforeEach
    void files() {
        certificate = folder.resolve("certificate.pem");
        key = folder.resolve("key.pem");
    }

    /** A key pair and its own certificate for localhost, as PEM. */
    private record Made(String certificate, String key) {}

    /** Made once: each takes a process of its own. */
    private static final Map<String, Made> MADE = new ConcurrentHashMap<>();

    private Made make(String algorithm) throws Exception {
        return made(algorithm, "one");
    }

    private Made another(String algorithm) throws Exception {
        return made(algorithm, "another");
    }

    private Made made(String algorithm, String name) throws Exception {
        Made known = MADE.get(algorithm + name);
        if (known == null) {
            known = generated(algorithm);
            MADE.put(algorithm + name, known);
        }
        return known;
    }

    private Made generated(String algorithm) throws Exception {
        Path store = folder.resolve(UUID.randomUUID() + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        algorithm,
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, "changeit".toCharArray());
        }
        return new Made(
                pem("CERTIFICATE", made.getCertificate("server").getEncoded()),
                pem(
                        "PRIVATE KEY",
                        made.getKey("server", "changeit".toCharArray()).getEncoded()));
    }

    private static String pem(String name, byte[] bytes) {
        return "-----BEGIN " + name + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + name
                + "-----\n";
    }

    private void write(Made made) throws IOException {
        Files.writeString(certificate, made.certificate());
        Files.writeString(key, made.key());
    }

    private TestGateway gateway() {
        return new TestGateway("gateway.tls.certificate", certificate.toString(), "gateway.tls.key", key.toString());
    }

    private static SSLContext trusting(Made... made) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (int i = 0; i < made.length; i++) {
            trusted.setCertificateEntry("c" + i, parsed(made[i]));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static X509Certificate parsed(Made made) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(made.certificate().getBytes(StandardCharsets.US_ASCII)));
    }

    private static HttpClient client(SSLContext context) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context)
                .build();
    }

    /** The serial number of the certificate that a new connection is shown. */
    private static String shown(TestGateway gateway, SSLContext context) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", gateway.port())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber()
                    .toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void everythingWorksOverTls(String algorithm) throws Exception {
        // Given a gateway with a certificate
        Made made = make(algorithm);
        write(made);
        HttpClient client = client(trusting(made));
        try (TestGateway gateway = gateway()) {
            URI url = URI.create("https://localhost:" + gateway.port());
            assertThat(gateway.gateway.url().getScheme()).isEqualTo("https");
            Answering answer =
                    new Answering(gateway.tape, "talk", UUID.randomUUID().toString());
            answer.whole("Hello?", "x".repeat(100_000), "Hi");

            // When a page is asked for, a whole stream is read, and a socket opened
            int page = client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                    .statusCode();
            var stream = new SseClient(client.send(
                    HttpRequest.newBuilder(
                                    url.resolve("/v1/conversations/talk/responses/" + answer.responseId() + "/events"))
                            .build(),
                    BodyHandlers.ofInputStream()));
            int events = stream.rest().size();
            String type;
            try (SocketClient socket = new SocketClient(client, url)) {
                socket.say("{\"type\":\"ping\"}");
                type = socket.next().path("type").asText();
            }

            // Then all of it comes
            assertThat(page).isEqualTo(200);
            assertThat(events).isEqualTo(7);
            assertThat(type).isEqualTo("pong");
        } finally {
            client.shutdownNow();
        }
    }

    @Test
    void aNewCertificateIsForNewConnectionsAndOldOnesStay() throws Exception {
        // Given a gateway with a certificate, and a stream on it
        Made first = make("EC");
        Made second = another("EC");
        write(first);
        SSLContext context = trusting(first, second);
        HttpClient client = client(context);
        try (TestGateway gateway = gateway()) {
            SseClient stream = new SseClient(client.send(
                    HttpRequest.newBuilder(
                                    URI.create("https://localhost:" + gateway.port() + "/v1/conversations/talk/events"))
                            .build(),
                    BodyHandlers.ofInputStream()));
            assertThat(shown(gateway, context))
                    .isEqualTo(parsed(first).getSerialNumber().toString());

            // When the files change, one after the other
            Files.writeString(certificate, second.certificate());
            Files.writeString(key, second.key());

            // Then new connections are shown the new one, and the stream goes on
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> shown(gateway, context)
                            .equals(parsed(second).getSerialNumber().toString()));
            new Answering(gateway.tape, "talk", UUID.randomUUID().toString()).prompted("Hello?");
            assertThat(stream.take(1).getFirst().json().path("type").asText()).isEqualTo("user_message");
        } finally {
            client.shutdownNow();
        }
    }

    @Test
    void filesThatCannotBeUsedAreOneClearErrorAtTheStart() throws Exception {
        // Given a key that is another certificate's
        Made one = make("EC");
        Made other = another("EC");
        Files.writeString(certificate, one.certificate());
        Files.writeString(key, other.key());

        // When a gateway shall start, then it says which files, and what is wrong
        assertThatThrownBy(this::gateway)
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("gateway.tls.certificate=" + certificate)
                .hasMessageContaining("the key is not the certificate's");
        Files.writeString(key, "nothing");
        assertThatThrownBy(this::gateway).isInstanceOf(TlsException.class).hasMessageContaining("BEGIN PRIVATE KEY");
        Files.delete(key);
        assertThatThrownBy(this::gateway).isInstanceOf(TlsException.class).hasMessageContaining("key.pem");
    }

    @Test
    void plainHttpOnATlsPortIsToldSoInWordsAndLogsNothingOfIt() throws Exception {
        // Given a gateway with a certificate
        write(make("EC"));
        try (TestGateway gateway = gateway();
                Said said = new Said(Level.DEBUG);
                RawConnection plain = new RawConnection(gateway.port());
                RawConnection two = new RawConnection(gateway.port());
                RawConnection bytes = new RawConnection(gateway.port())) {
            // When somebody speaks plain HTTP, of either version, or nothing that is known
            plain.send("GET /v1/conversations/c/events?ticket=tkt_hunter2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            two.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            bytes.send(new byte[] {0, 1, 2, 3});

            // Then that is said, and the connection closed
            for (RawConnection connection : List.of(plain, two)) {
                assertThat(new String(connection.rest(), StandardCharsets.ISO_8859_1))
                        .startsWith("HTTP/1.1 400 ")
                        .contains("urn:tokentape:problem:tls-required")
                        .contains("ask with https://");
            }
            assertThat(bytes.rest()).isEmpty();
            assertThat(said.lines()).noneMatch(line -> line.contains("hunter2") || line.contains(hex("hunter2")));
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
}

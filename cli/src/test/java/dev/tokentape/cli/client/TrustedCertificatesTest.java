package dev.tokentape.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Frames;
import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --cacert}, against a gateway whose certificate nobody else trusts. */
@Timeout(120)
class TrustedCertificatesTest {

    private static final String PASSWORD = "changeit";

    private final Screen screen = new Screen();
    private final MockWebServer gateway = new MockWebServer();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                "gateway",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "gateway",
                "-file",
                folder.resolve("ca.pem").toString());
        gateway.useHttps(context().getSocketFactory());
        gateway.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                String path = String.valueOf(request.getTarget());
                if (path.contains("/events")) {
                    return new MockResponse.Builder().code(204).build();
                }
                return new MockResponse.Builder()
                        .body("{\"conversations\":[],\"next\":null,\"status\":\"cancelling\","
                                + "\"turns\":[{\"status\":\"completed\"}],\"open\":[],"
                                + "\"conversation_id\":\"c\",\"response_id\":\"" + Frames.RESPONSE
                                + "\",\"deletion_id\":\"d\",\"cursor\":\"x\"}")
                        .build();
            }
        });
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", folder.resolve("store").toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String told = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(told).isZero();
    }

    private SSLContext context() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("store"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private int run(String line) {
        String[] arguments = line.replace("RESPONSE", Frames.RESPONSE).split(" ");
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--gateway";
        all[arguments.length + 1] = "https://127.0.0.1:" + gateway.getPort();
        return Tokentape.run(screen.terminal(), all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "show c", "tail c", "ask -c c Why?", "cancel c RESPONSE", "delete c"})
    void everyCommandOfAClientTrustsTheCertificatesThatItIsGiven(String line) {
        // When
        run(line + " --cacert " + folder.resolve("ca.pem"));

        // Then
        assertThat(gateway.getRequestCount()).isPositive();
        assertThat(screen.err()).doesNotContain("certificate");
    }

    @Test
    void withoutThemItSaysWhichOptionNamesThem() {
        // When
        int exit = run("ls");

        // Then
        assertThat(exit).isEqualTo(69);
        assertThat(screen.err()).contains("certificate").contains("--cacert");
    }

    @Test
    void aFileWithoutCertificatesIsWrongUse() throws Exception {
        // Given
        Path none = Files.writeString(folder.resolve("none.pem"), "hello");

        // When
        int exit = run("ls --cacert " + none);

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("--cacert").contains("none.pem").doesNotContain("Exception");
    }
}

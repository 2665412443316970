package dev.tokentape.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RegistryTest {

    private final List<String> notices = new ArrayList<>();

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static MockWebServer registryAt(int port) throws IOException {
        MockWebServer registry = new MockWebServer();
        registry.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return new MockResponse(200, Headers.of("Content-Type", "application/json"), "[]");
            }
        });
        registry.start(port);
        return registry;
    }

    @Test
    void aRegistryThatComesLaterIsWaitedFor() throws Exception {
        // Given a registry that starts once somebody waits for it
        int port = freePort();
        String url = "http://127.0.0.1:" + port;
        List<MockWebServer> started = new ArrayList<>();

        // When
        Registry.await(
                url,
                notice -> {
                    notices.add(notice);
                    try {
                        started.add(registryAt(port));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Duration.ofSeconds(60));

        // Then
        assertThat(notices).containsExactly("waiting for the schema registry at " + url + " …");
        started.forEach(MockWebServer::close);
    }

    @Test
    void aRegistryThatDoesNotComeIsNamed() throws Exception {
        // Given
        String url = "http://127.0.0.1:" + freePort();

        // When
        assertThatThrownBy(() -> Registry.await(url, notices::add, Duration.ofMillis(500)))

                // Then
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                .hasMessageContaining(url)
                .hasMessageContaining("SCHEMA_REGISTRY_URL");
        assertThat(notices).hasSize(1);
    }

    @Test
    void aFileIsThereAtOnce(@TempDir Path folder) throws Exception {
        // When
        Registry.await(folder.resolve("schemas.json").toUri().toString(), notices::add, Duration.ZERO);

        // Then
        assertThat(notices).isEmpty();
    }

    @Test
    void anAddressThatIsNoneIsWrongUse() {
        assertThatThrownBy(() -> Registry.await("nowhere", notices::add, Duration.ZERO))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE));
    }
}

package dev.tokentape.cli.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.operations.OperationsServer.Address;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OperationsServerTest {

    private static final Address ANY = new Address("127.0.0.1", 0);

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private static HttpResponse<String> get(OperationsServer server, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void readinessIsTheServices() throws Exception {
        // Given
        AtomicBoolean ready = new AtomicBoolean();
        try (OperationsServer server = OperationsServer.start(ANY, meters, ready::get)) {
            assertThat(get(server, "/ready").statusCode()).isEqualTo(503);

            // When
            ready.set(true);

            // Then
            assertThat(get(server, "/ready").statusCode()).isEqualTo(200);
            assertThat(get(server, "/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metricsAreInPrometheusForm() throws Exception {
        // Given
        meters.counter("tokentape.events").increment();
        try (OperationsServer server = OperationsServer.start(ANY, meters, () -> true)) {

            // When
            HttpResponse<String> metrics = get(server, "/metrics");

            // Then
            assertThat(metrics.body()).contains("tokentape_events_total 1.0");
            assertThat(metrics.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        }
    }

    @Test
    void anAddressInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Given
            Address address = new Address("127.0.0.1", taken.getLocalPort());

            // When
            assertThatThrownBy(() ->
                            OperationsServer.start(address, meters, () -> true).close())

                    // Then
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("operations.port");
        }
    }
}

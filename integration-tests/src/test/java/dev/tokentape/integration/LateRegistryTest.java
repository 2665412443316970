package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.benchmarks.faults.RegistryStub;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What services do that start before the schema registry does. */
class LateRegistryTest {

    private static final String MODEL = "sim?tps=200&tokens=20&ttft=20";

    @Test
    void everyServiceWaitsForTheRegistryAndThenServes() throws IOException {
        // Given a registry that is not there
        int registry = House.freePort();
        int port = House.freePort();
        int processor = House.freePort();
        Map<String, String> settings = Map.of(
                "schema.registry.url",
                "http://127.0.0.1:" + registry,
                "gateway.processor-urls",
                "http://127.0.0.1:" + processor);
        try (House house = House.start(settings)) {
            // When all three start
            List<ServiceProcess> services =
                    List.of(house.processorProcess(processor), house.producerProcess(), house.gatewayProcess(port));

            // Then each says that it waits, and stays
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(services)
                            .allSatisfy(service -> assertThat(service.output())
                                    .contains("waiting for the schema registry at http://127.0.0.1:" + registry)));
            assertThat(services).allMatch(ServiceProcess::alive);

            // When it comes
            try (RegistryStub _ = RegistryStub.start(registry)) {
                Client client = new Client(URI.create("http://127.0.0.1:" + port));
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptions()
                        .until(() -> client.get("/ready").statusCode() == 200);
                JsonNode asked = client.ask("late-registry", "Are you there?", MODEL);
                EventStream reader =
                        client.answer("late-registry", asked.get("response_id").textValue());
                reader.awaitClosed();

                // Then a question is answered
                assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
            }
        }
    }
}

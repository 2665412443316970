package dev.tokentape.producer.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.producer.provider.config.Apis;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.provider.Habits;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;

/** What a vendor's own client sends, recorded by a server that refuses it, and what we send for the same wish. */
final class VendorRequests {

    static final Tool WEATHER = Tool.newBuilder()
            .setName("weather")
            .setDescription("Tells the weather.")
            .setParameters("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}")
            .build();

    private VendorRequests() {}

    /** @param asking makes one request to this address, by the vendor's client; its failure is expected */
    static JsonNode theirs(Consumer<String> asking) throws IOException, InterruptedException {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            server.enqueue(new MockResponse.Builder()
                    .code(400)
                    .setHeader("Content-Type", "application/json")
                    .body("{\"message\":\"recorded\"}")
                    .build());
            try {
                asking.accept("http://127.0.0.1:" + server.getPort());
            } catch (RuntimeException _) {
                // Refused; what was asked is recorded.
            }
            return read(Objects.requireNonNull(server.takeRequest().getBody()).utf8());
        }
    }

    static JsonNode ours(String api, Consumer<GenerationRequest.Builder> settings) throws JsonProcessingException {
        GenerationJob job = Jobs.of(List.of(), List.of(Jobs.message("user", Jobs.text("Hi"))), settings);
        return read(
                Objects.requireNonNull(Apis.named(api)).body(job, Habits.VENDOR).toString());
    }

    private static JsonNode read(String body) throws JsonProcessingException {
        return new ObjectMapper().readTree(body);
    }
}

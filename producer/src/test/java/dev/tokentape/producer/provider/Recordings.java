package dev.tokentape.producer.provider;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.producer.provider.http.RecordedBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The recorded streams and what each should assemble to; where they are not, the test is skipped. */
final class Recordings {

    private Recordings() {}

    /** What each should be, by its file's name. */
    static Map<String, JsonNode> expected() throws IOException {
        assumeTrue(
                Files.isDirectory(folder()),
                "no recorded streams at %s: set TOKENTAPE_RECORDED_STREAMS to where they are".formatted(folder()));
        Map<String, JsonNode> found = new TreeMap<>();
        new ObjectMapper()
                .readTree(folder().resolve("expected.json").toFile())
                .properties()
                .forEach(entry -> {
                    if (RecordedBody.apis().contains(api(entry.getValue()))) {
                        found.put(entry.getKey(), entry.getValue());
                    }
                });
        return found;
    }

    static String api(JsonNode expected) {
        return expected.path("format").asText();
    }

    static byte[] body(String file) throws IOException {
        return Files.readAllBytes(folder().resolve(file));
    }

    private static Path folder() {
        String given = System.getenv("TOKENTAPE_RECORDED_STREAMS");
        return Path.of(given == null ? "../../shared/recorded-streams" : given);
    }
}

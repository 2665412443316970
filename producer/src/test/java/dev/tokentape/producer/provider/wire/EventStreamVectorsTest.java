package dev.tokentape.producer.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.producer.provider.Decoded;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec's published vectors: valid frames are read, the others end the answer by a clear error. */
class EventStreamVectorsTest {

    private static final String API = "bedrock-converse-stream";

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void everyVectorIsReadOrRefused(int chunkBytes) throws IOException {
        String given = System.getenv("TOKENTAPE_RECORDED_STREAMS");
        Path folder =
                Path.of(given == null ? "../../shared/recorded-streams" : given).resolve("eventstream-vectors");
        assumeTrue(Files.isDirectory(folder), "no vectors at %s: set TOKENTAPE_RECORDED_STREAMS".formatted(folder));
        for (JsonNode vector :
                new ObjectMapper().readTree(folder.resolve("vectors.json").toFile())) {
            // Given
            String file = vector.path("file").asText();
            byte[] frame = Files.readAllBytes(folder.resolve(file));

            // When
            TokenEvent.Failed failed =
                    (TokenEvent.Failed) Decoded.of(API, frame, chunkBytes).last();

            // Then
            if (vector.has("error")) {
                assertThat(failed.error().getCode()).as(file).isEqualTo("corrupt_frame");
                assertThat(failed.error().getPhase()).as(file).isEqualTo(ErrorPhase.PARSE);
            } else if ("error"
                    .equals(vector.path("headers").path(":message-type").asText())) {
                assertThat(failed.error().getCode()).as(file).isEqualTo("code");
                assertThat(failed.error().getMessage()).as(file).isEqualTo("message");
            } else {
                assertThat(failed.error().getCode()).as(file).isEqualTo("upstream_truncated");
            }
        }
    }
}

package dev.tokentape.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulator as a moderation service. */
class ModerationsTest {

    private static final String PATH = "/v1/moderations";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Simulator simulator;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(
                SimulatorConfig.defaults().withTimeToFirstToken(1).withFlaggedWords(List.of("Goldfinger", "spectre")));
        client = new Client(simulator);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    private JsonNode judged(String input) throws Exception {
        HttpResponse<byte[]> response = client.post(PATH, "{\"model\":\"m\",\"input\":" + input + "}");
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    @Test
    void aTextWithAFlaggedWordIsFlaggedInACategoryWithAHighScore() throws Exception {
        // When
        JsonNode reply = judged("\"He met GOLDFINGER there.\"");

        // Then
        JsonNode result = reply.get("results").get(0);
        assertThat(reply.get("id").textValue()).startsWith("modr-");
        assertThat(reply.get("model").textValue()).isEqualTo("m");
        assertThat(reply.get("results")).hasSize(1);
        assertThat(result.get("flagged").booleanValue()).isTrue();
        assertThat(result.at("/categories/violence").booleanValue()).isTrue();
        assertThat(result.at("/category_scores/violence").doubleValue()).isGreaterThan(0.9);
        assertThat(result.at("/category_scores/hate").doubleValue()).isLessThan(0.1);
    }

    @Test
    void aHarmlessTextIsNot() throws Exception {
        // When
        JsonNode result = judged("\"A word or two.\"").get("results").get(0);

        // Then
        assertThat(result.get("flagged").booleanValue()).isFalse();
        result.get("categories")
                .forEach(category -> assertThat(category.booleanValue()).isFalse());
    }

    @Test
    void ofSeveralTextsEachHasItsResult() throws Exception {
        // When
        JsonNode results =
                judged("[\"nothing\",\"a spectre\",\"nothing again\"]").get("results");

        // Then
        assertThat(results.findValuesAsText("flagged")).containsExactly("false", "true", "false");
    }

    @Test
    void partsAreReadAsOneText() throws Exception {
        // When
        JsonNode results = judged("[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"spectre\"}]")
                .get("results");

        // Then
        assertThat(results.findValuesAsText("flagged")).containsExactly("true");
    }

    @Test
    void aRequestWithoutInputIsRefused() throws Exception {
        // When
        int status = client.post(PATH, "{\"model\":\"m\"}").statusCode();

        // Then
        assertThat(status).isEqualTo(400);
    }

    @Test
    void itFailsWhenItsModelSaysSo() throws Exception {
        // When
        int status = client.post(PATH, "{\"model\":\"sim?fault=http-error=503\",\"input\":\"a\"}")
                .statusCode();

        // Then
        assertThat(status).isEqualTo(503);
    }

    @Test
    void itsCallsAreLogged() throws Exception {
        // When
        judged("\"a\"");

        // Then
        assertThat(simulator.calls()).singleElement().satisfies(call -> {
            assertThat(call.api()).isEqualTo("openai-moderations");
            assertThat(call.outcome()).isEqualTo(SimulatedCall.Outcome.COMPLETED);
        });
    }
}

package dev.tokentape.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A body that a vendor refuses is answered with its 400, in its shape, unless it is told to be taken. */
class StrictTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Simulator simulator;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        simulator = Simulator.start(SimulatorConfig.defaults()
                .withTimeToFirstToken(0)
                .withTokensPerSecond(0)
                .withTokens(3, 3));
        client = new Client(simulator);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            /v1/messages | 400 | {"model":"MODEL","max_tokens":9,"messages":[{"role":"user","content":" "}]} | \
            /error/message
            /model/MODEL/converse-stream | 400 | {"messages":[{"role":"user","content":[{"text":" "}]}]} | /message
            /v1beta/models/MODEL:generateContent | 400 | {"contents":[{"role":"user","parts":[{}]}]} | /error/message
            /v1/chat/completions | 400 | {"model":"MODEL",\
            "messages":[{"role":"tool","tool_call_id":"a","content":"4"}]} | /error/message
            /mistral/v1/chat/completions | 422 | {"model":"MODEL","messages":[{"role":"user","content":"Hi"}],\
            "stream_options":{}} | /message/detail/0/msg
            /v1/responses | 400 | {"model":"MODEL",\
            "input":[{"type":"function_call_output","call_id":"a","output":"4"}]} | /error/message
            /api/chat | 400 | {"model":"MODEL","messages":[{"role":"user","content":"Hi","images":["data:"]}]} | /error
            """)
    void anUnlawfulBodyIsRefusedInTheVendorsShapeAndTakenWhereToldTo(String path, int status, String body, String words)
            throws Exception {
        // When
        var refused = client.post(path.replace("MODEL", "sim"), body.replace("MODEL", "sim"));
        var taken = client.post(path.replace("MODEL", "sim%3Fstrict=false"), body.replace("MODEL", "sim?strict=false"));

        // Then
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(JSON.readTree(refused.body()).at(words).asText()).isNotBlank();
        assertThat(simulator.calls().getFirst().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(taken.statusCode()).isEqualTo(200);
    }

    @Test
    void mistralTellsWhereTheFieldStandsThatItDoesNotKnow() throws Exception {
        // When
        var refused = client.post(
                "/mistral/v1/chat/completions",
                "{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"name\":\"x\"}]}");

        // Then
        var detail = JSON.readTree(refused.body()).at("/message/detail/0");
        assertThat(detail.path("type").asText()).isEqualTo("extra_forbidden");
        assertThat(detail.path("loc").toString()).isEqualTo("[\"body\",\"messages\",\"0\",\"user\",\"name\"]");
        assertThat(detail.path("msg").asText()).isEqualTo("Extra inputs are not permitted");
    }

    @Test
    void whatItHasThoughtItKnowsAgainAndWhatWasChangedItDoesNot() throws Exception {
        // Given
        String ask =
                "{\"model\":\"sim\",\"max_tokens\":4096,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        var answer = JSON.readTree(client.post(Client.MESSAGES, ask).body());
        ObjectNode goesOn = (ObjectNode) JSON.readTree(ask);
        ObjectNode said = goesOn.withArray("messages").addObject().put("role", "assistant");
        said.set("content", answer.path("content"));
        goesOn.withArray("messages").addObject().put("role", "user").put("content", "Go on");

        // When
        var taken = client.post(Client.MESSAGES, goesOn.toString());
        ((ObjectNode) said.path("content").path(0)).put("thinking", "Something else");
        var refused = client.post(Client.MESSAGES, goesOn.toString());

        // Then
        assertThat(answer.at("/content/0/type").asText()).isEqualTo("thinking");
        assertThat(taken.statusCode()).isEqualTo(200);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("Invalid `signature`");
    }

    @Test
    void reasoningComesEncryptedWhereAskedForAndIsTakenBack() throws Exception {
        // Given
        String ask = "{\"model\":\"sim\",\"store\":false,\"include\":[\"reasoning.encrypted_content\"],"
                + "\"reasoning\":{\"effort\":\"low\"},\"input\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        var answer = JSON.readTree(client.post("/v1/responses", ask).body());
        ObjectNode goesOn = (ObjectNode) JSON.readTree(ask);
        var input = goesOn.withArray("input");
        input.addObject()
                .put("type", "reasoning")
                .put(
                        "encrypted_content",
                        answer.at("/output/0/encrypted_content").asText())
                .putArray("summary");
        input.addObject().put("role", "assistant").put("content", "Yes?");
        input.addObject().put("role", "user").put("content", "Go on");

        // When
        var taken = client.post("/v1/responses", goesOn.toString());

        // Then
        assertThat(answer.at("/output/0/encrypted_content").asText()).startsWith("gAAAA");
        assertThat(taken.statusCode()).isEqualTo(200);
    }
}

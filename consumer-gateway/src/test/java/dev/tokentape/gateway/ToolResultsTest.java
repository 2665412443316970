package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolResultsTest {

    private static final String RESULTS = "/v1/conversations/talk/tool-results";
    private static final String CALLING = "0198c7a2-1d5e-7cc3-9d53-000000000001";

    private final TestGateway gateway = new TestGateway();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private void anAnswerThatCalls(String... calls) {
        Answering answer = new Answering(gateway.tape, "talk", CALLING);
        answer.prompted("Weather?");
        answer.begun();
        for (String call : calls) {
            answer.calls(call, "{\"city\":\"Ulm\"}", true);
        }
        answer.stopsForTools();
        gateway.tape.response("talk", CALLING).ifPresent(gateway.history::store);
    }

    private HttpResponse<String> bring(String results, String... headers) {
        return gateway.post(RESULTS, "{\"response_id\":\"" + CALLING + "\",\"results\":" + results + "}", headers);
    }

    @Test
    void resultsAreHandedOnForTheAnswerThatGoesOn() {
        // Given an answer that called two tools
        anAnswerThatCalls("call-1", "call-2");

        // When the results of both are brought
        HttpResponse<String> response = bring("""
                [{"tool_call_id":"call-1","content":"rain"},
                 {"tool_call_id":"call-2","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],\
                "is_error":true}]""");

        // Then the client learns where the answer will be that goes on
        JsonNode told = json(response);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        assertThat(Documents.faults("#/components/schemas/Accepted", told)).isEmpty();
        assertThat(told.path("continues").asText()).isEqualTo(CALLING);
        assertThat(told.path("status").asText()).isEqualTo("queued");
        assertThat(UUID.fromString(told.path("response_id").asText()).version()).isEqualTo(8);
        assertThat(response.headers().firstValue("Location"))
                .contains("/v1/conversations/talk/responses/"
                        + told.path("response_id").asText());
        // And the ask says what it continues, with the results as one turn
        GenerationRequest asked = gateway.commands.asked.getFirst();
        assertThat(asked.getContinues()).isEqualTo(CALLING);
        assertThat(asked.getResponseId()).isEqualTo(told.path("response_id").asText());
        assertThat(asked.getJoinHistory()).isTrue();
        assertThat(asked.getProvider()).isEqualTo("openai");
        assertThat(asked.getModel()).isEqualTo("gpt-4o-mini");
        assertThat(asked.getMessages()).hasSize(1);
        assertThat(asked.getMessages().getFirst().getRole()).isEqualTo("tool");
        assertThat(asked.getMessages().getFirst().getParts())
                .extracting(Part::getType, Part::getToolCallId, Part::getText, Part::getIsError)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(PartType.TOOL_RESULT, "call-1", "rain", false),
                        org.assertj.core.groups.Tuple.tuple(PartType.TOOL_RESULT, "call-2", "a\nb", true));
    }

    @ParameterizedTest
    @CsvSource({"custom_tool_call, 202", "custom, 202", "function_call, 409", "'', 409"})
    void aCustomToolsCallIsWholeWhateverTextItsInputIs(String kind, int status) {
        // Given a call whose input is text and no JSON
        String data = kind.isEmpty() ? null : "{\"type\":\"" + kind + "\"}";
        Answering answer = new Answering(gateway.tape, "talk", CALLING);
        answer.prompted("Patch it");
        answer.begun();
        answer.calls("call-1", "*** Begin Patch", true, data).stopsForTools();
        gateway.tape.response("talk", CALLING).ifPresent(gateway.history::store);

        // When its result is brought
        HttpResponse<String> response = bring("[{\"tool_call_id\":\"call-1\",\"content\":\"done\"}]");

        // Then it is taken where the call is of a tool that takes text
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(gateway.commands.asked).hasSize(status == 202 ? 1 : 0);
    }

    @Test
    void everyContributionIsForTheSameAnswerAtEveryGateway() {
        // Given an answer that called two tools, known at two gateways
        anAnswerThatCalls("call-1", "call-2");
        try (TestGateway other = new TestGateway()) {
            other.history.stored.addAll(gateway.history.stored);

            // When the results come one by one, one of them twice, at both
            HttpResponse<String> first = bring("[{\"tool_call_id\":\"call-1\",\"content\":\"rain\"}]");
            HttpResponse<String> again = bring("[{\"tool_call_id\":\"call-1\",\"content\":\"sun\"}]");
            HttpResponse<String> second = other.post(RESULTS, """
                    {"response_id":"%s","results":[{"tool_call_id":"call-2","content":"dry"}]}""".formatted(CALLING));

            // Then all are handed on, for one answer: which of them counts is the processor's to say
            assertThat(gateway.commands.asked).hasSize(2);
            assertThat(other.commands.asked).hasSize(1);
            assertThat(json(again).path("response_id")).isEqualTo(json(first).path("response_id"));
            assertThat(json(second).path("response_id")).isEqualTo(json(first).path("response_id"));
        }
    }

    @Test
    void theAnswerThatGoesOnComesAsAStream() {
        // Given a processor that goes on when it has the result
        anAnswerThatCalls("call-1");
        gateway.commands.onAsk =
                request -> new Answering(gateway.tape, "talk", request.getResponseId()).whole("rain", "It", " rains");

        // When a result is brought by somebody who wants events
        SseClient client = new SseClient(gateway.open(gateway.postRequest(
                RESULTS,
                "{\"response_id\":\"" + CALLING
                        + "\",\"results\":[{\"tool_call_id\":\"call-1\",\"content\":\"rain\"}]}",
                "Accept",
                "text/event-stream")));

        // Then they get that answer's, to its end
        assertThat(client.rest()).hasSize(7);
    }

    @Test
    void theAnswerThatGoesOnComesWholeToWhoPrefersToWait() {
        // Given a processor that goes on when it has the result
        anAnswerThatCalls("call-1");
        gateway.commands.onAsk =
                request -> new Answering(gateway.tape, "talk", request.getResponseId()).whole("rain", "It rains");

        // When somebody waits
        HttpResponse<String> response =
                bring("[{\"tool_call_id\":\"call-1\",\"content\":\"rain\"}]", "Prefer", "wait=10");

        // Then they get it
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("text").asText()).isEqualTo("It rains");
    }

    @Test
    void anAnswerThatNobodyKnowsCannotBeContinued() {
        // When results are for none that there is
        HttpResponse<String> response = bring("[{\"tool_call_id\":\"call-1\",\"content\":\"rain\"}]");

        // Then it is not found
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void onlyAnAnswerThatEndedWithWholeCallsCanBeContinued() {
        // Given one that runs, one that said all, and one whose only call broke off
        Answering running = new Answering(gateway.tape, "talk", "0198c7a2-1d5e-7cc3-9d53-000000000002");
        running.prompted("?");
        running.begun();
        running.calls("call-1", "{}", true);
        new Answering(gateway.tape, "talk", "0198c7a2-1d5e-7cc3-9d53-000000000003").whole("?", "Done");
        Answering broken = new Answering(gateway.tape, "talk", "0198c7a2-1d5e-7cc3-9d53-000000000004");
        broken.prompted("?");
        broken.begun();
        broken.calls("call-1", "{\"city\":\"U", false);
        broken.stopsForTools();

        for (int answer = 2; answer <= 4; answer++) {
            // When results are brought for it
            HttpResponse<String> response = gateway.post(RESULTS, """
                    {"response_id":"0198c7a2-1d5e-7cc3-9d53-00000000000%d",
                     "results":[{"tool_call_id":"call-1","content":"rain"}]}""".formatted(answer));

            // Then there is nothing to continue
            assertThat(response.statusCode()).as(response.body()).isEqualTo(409);
            assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:nothing-to-continue");
        }
        assertThat(gateway.commands.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [{"tool_call_id":"call-9","content":"x"}] | /results/0/tool_call_id
            [{"tool_call_id":"call-1","content":"x"},{"tool_call_id":"call-1","content":"y"}] | /results/1/tool_call_id
            [{"tool_call_id":"call-1"}] | /results/0/content
            [{"tool_call_id":"call-1","content":[{"type":"image","text":"x"}]}] | /results/0/content/0/type
            [{"tool_call_id":"call-1","content":"x","is_error":"no"}] | /results/0/is_error
            [{"content":"x"}] | /results/0/tool_call_id
            [{"tool_call_id":"call-1","content":"x","more":1}] | /results/0/more
            [7] | /results/0
            [] | /results
            "x" | /results
            """)
    void resultsThatAreNoneAreRefusedWithTheirPlace(String results, String pointer) {
        // Given an answer that called one tool
        anAnswerThatCalls("call-1");

        // When results are wrong
        HttpResponse<String> response = bring(results);

        // Then the place is told, and nothing is handed on
        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        assertThat(json(response).path("errors").findValuesAsText("pointer")).containsExactly(pointer);
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void resultsComeOnASocketToo() throws InterruptedException {
        // Given an answer that called one tool
        anAnswerThatCalls("call-1");
        try (SocketClient client = new SocketClient(gateway.client, gateway.gateway.url())) {
            // When its result is said on a socket, and one for a call that it did not make
            String said = """
                    {"type":"tool_results","ref":"%s","conversation_id":"talk","response_id":"%s",
                     "results":[{"tool_call_id":"%s","content":"rain"}]}""";
            assertThat(Documents.faults(
                            "asyncapi.yaml#/components/messages/tool_results/payload",
                            json(said.formatted("a", CALLING, "call-1"))))
                    .isEmpty();
            client.say(said.formatted("a", CALLING, "call-1"));
            JsonNode accepted = client.next();
            client.say(said.formatted("b", CALLING, "call-9"));
            JsonNode refused = client.next();

            // Then one is taken in, the other refused
            assertThat(Documents.faults("asyncapi.yaml#/components/messages/accepted/payload", accepted))
                    .isEmpty();
            assertThat(accepted.path("continues").asText()).isEqualTo(CALLING);
            assertThat(refused.path("ref").asText()).isEqualTo("b");
            assertThat(refused.path("problem").path("status").asInt()).isEqualTo(422);
            assertThat(gateway.commands.asked).hasSize(1);
        }
    }

    @Test
    void aCallHasOneNameAndItsOldOneIsStillTaken() {
        // Given an answer that called a tool, as it is stored
        anAnswerThatCalls("call-1");
        JsonNode answer = json(gateway.get("/v1/conversations/talk/responses/" + CALLING));

        // When its result is brought under either name, under both, and as a message
        HttpResponse<String> old = bring("[{\"id\":\"call-1\",\"content\":\"rain\"}]");
        HttpResponse<String> both = bring("[{\"id\":\"call-1\",\"tool_call_id\":\"call-1\",\"content\":\"rain\"}]");
        HttpResponse<String> message = gateway.post("/v1/conversations/talk/responses", """
                {"messages":[{"role":"assistant","content":[{"type":"tool_call","id":"a","tool_name":"t"}]},
                 {"role":"tool","content":[{"type":"tool_result","id":"a","text":"x"}]}]}""");

        // Then the answer has the one name everywhere, and the other where it had it before
        JsonNode call = answer.path("tool_calls").path(0);
        assertThat(call.path("tool_call_id").asText()).isEqualTo("call-1");
        assertThat(call.path("id").asText()).isEqualTo("call-1");
        assertThat(answer.path("blocks").path(0).path("tool_call_id").asText()).isEqualTo("call-1");
        // And both are taken, but not at once
        assertThat(old.statusCode()).as(old.body()).isEqualTo(202);
        assertThat(message.statusCode()).as(message.body()).isEqualTo(202);
        assertThat(json(both).path("errors").path(0).path("pointer").asText()).isEqualTo("/results/0/id");
        assertThat(gateway.commands
                        .asked
                        .getFirst()
                        .getMessages()
                        .getFirst()
                        .getParts()
                        .getFirst()
                        .getToolCallId())
                .isEqualTo("call-1");
        assertThat(gateway.commands
                        .asked
                        .getLast()
                        .getMessages()
                        .getLast()
                        .getParts()
                        .getFirst()
                        .getToolCallId())
                .isEqualTo("a");
    }
}

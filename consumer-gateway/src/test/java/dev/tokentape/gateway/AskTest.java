package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.avro.PartType;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskTest {

    private static final String RESPONSES = "/v1/conversations/talk/responses";

    private final TestGateway gateway = new TestGateway();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void aPromptIsTakenInAndItsAddressesAreTold() {
        // When a prompt is posted
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}");

        // Then the client learns where its answer will be
        JsonNode told = json(response);
        String self = RESPONSES + "/" + told.path("response_id").asText();
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.headers().firstValue("Location")).contains(self);
        assertThat(told.path("status").asText()).isEqualTo("queued");
        assertThat(told.path("links").path("events").asText()).isEqualTo(self + "/events");
        assertThat(told.path("links").path("cancel").asText()).isEqualTo(self + "/cancel");
        assertThat(UUID.fromString(told.path("response_id").asText()).version()).isEqualTo(7);
        // And the ask is on its way, with the defaults filled in
        GenerationRequest asked = gateway.commands.asked.getFirst();
        assertThat(asked.getConversationId()).isEqualTo("talk");
        assertThat(asked.getResponseId()).isEqualTo(told.path("response_id").asText());
        assertThat(asked.getProvider()).isEqualTo("openai");
        assertThat(asked.getModel()).isEqualTo("gpt-4o-mini");
        assertThat(asked.getJoinHistory()).isTrue();
        assertThat(asked.getMessages().getFirst().getParts().getFirst().getText())
                .isEqualTo("Hello?");
    }

    @Test
    void everyFieldOfTheBodyReachesTheProcessor() {
        // When all of them are given
        HttpResponse<String> response = gateway.post(RESPONSES, """
                {"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},
                              {"type":"image","media_type":"image/png","data":"aGk="}]},
                             {"role":"assistant","content":[{"type":"tool_call","tool_call_id":"t1","tool_name":"look",\
                "arguments":{"x":1}}]},
                             {"role":"tool","content":[{"type":"tool_result","tool_call_id":"t1","text":"a cat",\
                "is_error":false}]}],
                 "join_history":true,"provider":"anthropic","model":"claude-x","system":"Be brief.","max_tokens":100,
                 "temperature":0.5,"top_p":1,"stop":["END"],"tools":[{"name":"look","description":"Looks.",\
                "parameters":{"type":"object"}}],
                 "tool_choice":"look","thinking_budget":2000,"response_schema":{"type":"string"},"extra":{"seed":7},
                 "retry_of":"0198C7A2-1d5e-7cc3-9d53-6a1f0c2b8e11",
                 "fallback":{"provider":"openai","model":"gpt-x","leave_out":["thinking_budget","stop"]},
                 "on_attempt_lost":"restart","cancel_when_unwatched":true}""");

        // Then all of them arrive
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        GenerationRequest asked = gateway.commands.asked.getFirst();
        assertThat(asked.getMessages()).hasSize(3);
        assertThat(asked.getMessages().getFirst().getParts().get(1).getType()).isEqualTo(PartType.IMAGE);
        assertThat(asked.getMessages().get(1).getParts().getFirst().getArguments())
                .isEqualTo("{\"x\":1}");
        assertThat(asked.getMessages().get(2).getParts().getFirst().getIsError())
                .isFalse();
        assertThat(asked.getJoinHistory()).isTrue();
        assertThat(asked.getProvider()).isEqualTo("anthropic");
        assertThat(asked.getModel()).isEqualTo("claude-x");
        assertThat(asked.getSystem()).isEqualTo("Be brief.");
        assertThat(asked.getMaxTokens()).isEqualTo(100);
        assertThat(asked.getTemperature()).isEqualTo(0.5);
        assertThat(asked.getTopP()).isEqualTo(1.0);
        assertThat(asked.getStop()).containsExactly("END");
        assertThat(asked.getTools().getFirst().getParameters()).isEqualTo("{\"type\":\"object\"}");
        assertThat(asked.getToolChoice()).isEqualTo("look");
        assertThat(asked.getThinkingBudget()).isEqualTo(2000);
        assertThat(asked.getResponseSchema()).isEqualTo("{\"type\":\"string\"}");
        assertThat(asked.getExtra()).isEqualTo("{\"seed\":7}");
        assertThat(asked.getRetryOf()).isEqualTo("0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11");
        assertThat(asked.getFallbackProvider()).isEqualTo("openai");
        assertThat(asked.getFallbackModel()).isEqualTo("gpt-x");
        assertThat(asked.getFallbackLeaveOut()).containsExactly("thinking_budget", "stop");
        assertThat(asked.getOnAttemptLost()).isEqualTo(LostPolicy.RESTART);
        assertThat(asked.getCancelWhenUnwatched()).isTrue();
    }

    @Test
    void fullMessagesDoNotJoinTheHistoryUnlessTold() {
        // When messages come without a word about it
        gateway.post(RESPONSES, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        // Then they stand alone
        assertThat(gateway.commands.asked.getFirst().getJoinHistory()).isFalse();
    }

    @Test
    void malformedJsonIsRefusedWithItsPlace() {
        // When the second line is broken
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\n \"Hello?\" oops}");

        // Then the answer names line and column
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:malformed-json");
        assertThat(json(response).path("line").asInt()).isEqualTo(2);
        assertThat(json(response).path("detail").asText()).startsWith("line 2, column");
    }

    @Test
    void aBodyThatBreaksOffIsRefusedWithoutTheParsersTalkOfItself() {
        // When the body ends too early
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"");

        // Then
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("detail").asText())
                .contains("ends before it is whole")
                .doesNotContain("StreamReadFeature");
    }

    @Test
    void allThatIsWrongIsToldAtOnceEachWithItsPlace() {
        // When much is wrong
        HttpResponse<String> response = gateway.post(RESPONSES, """
                {"prompt":"a","messages":[],"temprature":1,"max_tokens":0,"temperature":"hot","tools":[{"nam":"x"}],
                 "tool_choice":"look","provider":"no spaces please","retry_of":"x","on_attempt_lost":"cry"}""");

        // Then each is named
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).path("errors").findValuesAsText("pointer"))
                .contains(
                        "/messages",
                        "/temprature",
                        "/max_tokens",
                        "/temperature",
                        "/tools/0/name",
                        "/tools/0/nam",
                        "/tool_choice",
                        "/provider",
                        "/retry_of",
                        "/on_attempt_lost");
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void anUnknownProviderIsBlamedItselfAndTheKnownOnesAreTold() {
        // When a provider is asked for that has no default model, as a mistyped one has none
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\",\"provider\":\"opanai\"}");

        // Then the provider is what is wrong, not the model, and the client learns what there is
        JsonNode problem = json(response);
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(problem.path("errors").findValuesAsText("pointer")).containsExactly("/provider");
        assertThat(problem.path("detail").asText()).contains("anthropic, ").contains("openai, ");
    }

    @Test
    void aModelOfAProviderThatTheGatewayDoesNotKnowIsHandedOn() {
        // When both are named: the producers may have more providers than the gateway has default models
        HttpResponse<String> response =
                gateway.post(RESPONSES, "{\"prompt\":\"Hello?\",\"provider\":\"in-house\",\"model\":\"m-1\"}");

        // Then it goes through
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(gateway.commands.asked.getFirst().getProvider()).isEqualTo("in-house");
    }

    @Test
    void aFaultOfTheWholeBodyIsToldWithoutAPlace() {
        // When the body is JSON, but no object
        HttpResponse<String> response = gateway.post(RESPONSES, "[1]");

        // Then the detail begins with the fault
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).path("detail").asText()).isEqualTo("expected a JSON object, found an array");
    }

    @Test
    void aFallbackToTheSameProviderMayLeaveTheModelOut() {
        // When an expensive model shall fall back to the provider's default one
        HttpResponse<String> response = gateway.post(
                RESPONSES, "{\"prompt\":\"Hello?\",\"model\":\"gpt-large\",\"fallback\":{\"provider\":\"openai\"}}");

        // Then that is filled in
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        assertThat(gateway.commands.asked.getFirst().getFallbackProvider()).isEqualTo("openai");
        assertThat(gateway.commands.asked.getFirst().getFallbackModel()).isEqualTo("gpt-4o-mini");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"provider":"a-server-of-mine"} | /fallback/model
            {"provider":"openai"} | /fallback/model
            {"model":"x"} | /fallback/provider
            {"provider":"no spaces","model":"x"} | /fallback/provider
            {"provider":"anthropic","model":"x","after":3} | /fallback/after
            {"provider":"anthropic","model":"x","leave_out":["stop","messages"]} | /fallback/leave_out/1
            {"provider":"anthropic","model":"x","leave_out":"stop"} | /fallback/leave_out
            "anthropic" | /fallback
            """)
    void aFallbackThatIsNoneIsRefused(String fallback, String pointer) {
        // When it lacks a model, is what is asked first, or is malformed
        HttpResponse<String> response =
                gateway.post(RESPONSES, "{\"prompt\":\"Hello?\",\"fallback\":" + fallback + "}");

        // Then the place is told
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).path("errors").findValuesAsText("pointer")).containsExactly(pointer);
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void aBodyThatIsNoJsonByItsTypeIsRefused() {
        // When a body says it is text, as a form of elsewhere could send it
        HttpResponse<String> response = gateway.send(gateway.request(RESPONSES)
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Hello?\"}"))
                .build());

        // Then it is refused
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void theWholeAnswerComesInOnePieceToWhoPrefersToWait() {
        // Given a processor that answers, and stores the answer before its last event
        gateway.commands.onAsk = request -> {
            Answering answer = new Answering(gateway.tape, "talk", request.getResponseId());
            answer.prompted("Hello?");
            answer.begun();
            answer.says("Hi");
            gateway.tape.response("talk", request.getResponseId()).ifPresent(gateway.history::store);
            answer.ends();
        };

        // When a client prefers to wait
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Prefer", "wait");

        // Then it gets the whole
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Preference-Applied")).contains("wait");
        assertThat(json(response).path("text").asText()).isEqualTo("Hi");
        await().until(() -> gateway.tape.readers("talk") == 0);
    }

    @Test
    void whoWaitsInVainGetsTheAddresses() {
        // When the answer takes longer than the client wants to wait
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Prefer", "wait=0");

        // Then it gets what it would have got at once
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(json(response).path("links").path("self").asText()).startsWith(RESPONSES);
        await().until(() -> gateway.tape.readers("talk") == 0);
    }

    @Test
    void theAnswerComesAsAStreamToWhoAcceptsEvents() {
        // Given a processor that answers
        gateway.commands.onAsk =
                request -> new Answering(gateway.tape, "talk", request.getResponseId()).whole("Hello?", "Hi", " there");

        // When a client asks for events
        SseClient client = new SseClient(
                gateway.open(gateway.postRequest(RESPONSES, "{\"prompt\":\"Hello?\"}", "Accept", "text/event-stream")));

        // Then it gets that answer's, from the first to the last
        assertThat(client.rest()).hasSize(7);
        assertThat(client.response.headers().firstValue("Location").orElseThrow())
                .startsWith(RESPONSES);
    }

    @Test
    void whenKafkaIsAwayTheClientMayRepeat() {
        // Given no Kafka
        gateway.commands.away = true;
        HttpResponse<String> refused = gateway.post(
                RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1", "Accept", "text/event-stream");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        await().until(() -> gateway.tape.readers("talk") == 0);

        // When it is back and the client repeats
        gateway.commands.away = false;
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1");

        // Then the ask goes through, once
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(gateway.commands.asked).hasSize(1);
    }

    @Test
    void aLargeBodyIsTakenAndATooLargeOneRefused() {
        try (TestGateway small = new TestGateway("gateway.max-request-bytes", "1000000")) {
            // When one body is just small enough, and another is not
            HttpResponse<String> fits = small.post(RESPONSES, "{\"prompt\":\"" + "x".repeat(999_000) + "\"}");
            HttpResponse<String> tooLarge = small.post(RESPONSES, "{\"prompt\":\"" + "x".repeat(5_000_000) + "\"}");

            // Then one is taken in and the other is told the limit
            assertThat(fits.statusCode()).isEqualTo(202);
            assertThat(tooLarge.statusCode()).isEqualTo(413);
            assertThat(json(tooLarge).path("detail").asText()).contains("1000000");
            await().until(() -> small.registry
                            .get("tokentape.gateway.request.memory")
                            .gauge()
                            .value()
                    == 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, queued, 202",
        "prompted, queued, 202",
        "begun, running, 202",
        "calls, running, 202",
        "stops for tools, completed, 200",
        "ends, completed, 200"
    })
    void anAnswerThatIsWaitedForTooShortlyIsToldAsItStands(String reached, String status, int code) {
        // Given an answer that has come so far when it is asked for
        gateway.commands.onAsk = request -> {
            Answering answer = new Answering(gateway.tape, "talk", request.getResponseId());
            if (!reached.equals("nothing")) {
                answer.prompted("Hello?");
            }
            if (!reached.equals("nothing") && !reached.equals("prompted")) {
                answer.begun();
            }
            switch (reached) {
                case "calls" -> answer.calls("c", "{", false);
                case "stops for tools" -> answer.calls("c", "{}", true).stopsForTools();
                case "ends" -> answer.ends();
                default -> {}
            }
            gateway.tape.response("talk", request.getResponseId()).ifPresent(gateway.history::store);
            gateway.history.stored.removeIf(
                    stored -> !stored.path("status").asText().equals("completed"));
        };

        // When the client waits for a second
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Prefer", "wait=1");
        String address = RESPONSES + "/" + json(response).path("response_id").asText();

        // Then it is told how the answer stands, and asking for it tells the same
        assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
        assertThat(json(response).path("status").asText()).isEqualTo(status);
        assertThat(json(gateway.get(address)).path("status").asText()).isEqualTo(status);
    }

    @Test
    void readingStopsWhereMoreNamesAreUnknownThanAreTold() {
        // Given bodies with many names that nobody knows, at every place
        String many =
                IntStream.range(0, 1_000).mapToObj(i -> "\"n" + i + "\":1").collect(Collectors.joining(","));
        for (String body : List.of(
                "{\"prompt\":\"p\"," + many + "}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"c\"," + many + "}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"c\"," + many + "}]}]}",
                "{\"prompt\":\"p\",\"tools\":[{\"name\":\"t\"," + many + "}]}",
                "{\"prompt\":\"p\",\"fallback\":{\"provider\":\"openai\"," + many + "}}")) {
            // When it comes
            JsonNode problem = json(gateway.post(RESPONSES, body));

            // Then ten are told, and that there are more
            assertThat(problem.path("errors")).as(body.substring(0, 40)).hasSize(10);
            assertThat(problem.path("more_at_least").asInt()).isEqualTo(1);
            assertThat(Documents.faults("#/components/schemas/Problem", problem))
                    .isEmpty();
        }
    }

    @Test
    void aBodyThatTakesMoreMemoryThanThereIsForAllIsToldSo() {
        try (TestGateway small = new TestGateway("gateway.request-memory", "1048576")) {
            // Given a body of few bytes that takes much when it is read
            String body = "{\"prompt\":\"p\",\"extra\":{\"a\":[{}" + ",{}".repeat(20_000) + "]}}";

            // When it comes
            HttpResponse<String> response = small.post(RESPONSES, body);

            // Then waiting would not help, and the client is told so; nothing stays taken
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(json(response).path("detail").asText()).contains("gateway.request-memory");
            await().until(() -> small.registry.scrape().contains("tokentape_gateway_request_memory_bytes 0.0"));
            assertThat(small.post(RESPONSES, "{\"prompt\":\"p\"}").statusCode()).isEqualTo(202);
        }
    }

    @Test
    void everyNameThatAMessageMayHaveIsKnownToTheFirstLook() {
        // Given more messages, with all that parts of every type may have, than there may be unknown names
        String message = """
                {"role":"user","content":[{"type":"text","text":"a","provider_data":{}},
                 {"type":"thinking","text":"a","signature":"s"},
                 {"type":"image","media_type":"image/png","data":"AA=="},{"type":"audio","url":"https://a.example/b"},
                 {"type":"tool_call","tool_call_id":"a","tool_name":"t","arguments":{"any":1}},
                 {"type":"tool_result","tool_call_id":"a","tool_name":"t","text":"x","is_error":false}]}""";
        String body = "{\"messages\":[" + String.join(",", Collections.nCopies(20, message)) + "]}";

        // When it comes, then it is taken
        HttpResponse<String> response = gateway.post(RESPONSES, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    }
}

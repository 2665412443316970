package dev.tokentape.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.ToolOffer;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.Seal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GeminiTest {

    private static final String STREAM = "/v1beta/models/gemini-x:streamGenerateContent";
    private static final String WHOLE = "/v1beta/models/gemini-x:generateContent";
    private static final String HELLO = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hi\"}]}]}";
    private static final String TAIL = "\"modelVersion\": \"gemini-x\",\"responseId\": \"sim000007\"}";
    private final Gemini gemini = new Gemini();

    @Test
    void aStreamHasThoughtsTextAndTheFinishReasonOnItsLastChunk() throws Exception {
        // Given
        var script = Wire.script(
                StopReason.END_TURN, new Block.Thinking(List.of("Hm")), new Block.Text(List.of("Say \"h", "i\"\n👍")));

        // When
        String stream = Wire.stream(gemini, read(STREAM, HELLO), script);

        // Then
        String prompt =
                "\"promptTokensDetails\": [{\"modality\": \"TEXT\",\"tokenCount\": 9}],\"thoughtsTokenCount\": 1},";
        assertThat(stream)
                .isEqualTo("data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Hm\",\"thought\": true}],"
                        + "\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 9,"
                        + "\"totalTokenCount\": 10," + prompt + TAIL + "\r\n\r\n"
                        + "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Say \\\"h\"}],"
                        + "\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 9,"
                        + "\"candidatesTokenCount\": 1,\"totalTokenCount\": 11," + prompt + TAIL + "\r\n\r\n"
                        + "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"i\\\"\\n👍\"}],"
                        + "\"role\": \"model\"},\"finishReason\": \"STOP\",\"index\": 0}],\"usageMetadata\": "
                        + "{\"promptTokenCount\": 9,\"candidatesTokenCount\": 2,\"totalTokenCount\": 12," + prompt
                        + TAIL + "\r\n\r\n");
    }

    @Test
    void functionCallsComeWholeAndTheThoughtsSignatureWithTheFirst() throws Exception {
        // Given
        var script = Wire.script(
                StopReason.TOOL_USE,
                new Block.Thinking(List.of("Hm")),
                new Block.ToolCall("0a", "get_weather", List.of("{\"city\":", "\"Rīga\",\"days\":[1,2]}")),
                new Block.ToolCall("0b", "get_time", List.of("{}")));

        // When
        String stream = Wire.stream(gemini, read(STREAM, HELLO), script);

        // Then
        assertThat(stream.split("\r\n\r\n")).hasSize(3);
        assertThat(stream)
                .contains("{\"parts\": [{\"functionCall\": {\"name\": \"get_weather\",\"args\": {\"city\": \"Rīga\","
                        + "\"days\": [1,2]}},\"thoughtSignature\": \"" + Seal.GEMINI.token("0a")
                        + "\"}],\"role\": \"model\"},\"index\": 0}]")
                .contains("{\"parts\": [{\"functionCall\": {\"name\": \"get_time\",\"args\": {}}}],"
                        + "\"role\": \"model\"},\"finishReason\": \"STOP\",\"index\": 0}]");
    }

    @Test
    void aCallCutShortByTheTokenLimitIsLeftOut() throws Exception {
        // Given
        var script = Wire.script(
                StopReason.MAX_TOKENS,
                new Block.Text(List.of("Wait.")),
                new Block.ToolCall("0a", "get_weather", List.of("{\"city\":")));

        // When
        String stream = Wire.stream(gemini, read(STREAM, HELLO), script);

        // Then
        assertThat(stream)
                .contains("{\"candidates\": [{\"content\": {},\"finishReason\": \"MAX_TOKENS\",\"index\": 0}]")
                .doesNotContain("functionCall");
    }

    @Test
    void anAnswerInOnePieceHasAllCandidates() throws Exception {
        // Given
        var script = new Script(
                List.of(
                        new Choice(List.of(new Block.Text(List.of("He", "y"))), StopReason.END_TURN),
                        new Choice(List.of(new Block.Text(List.of("No"))), StopReason.CONTENT_FILTER)),
                9);

        // When
        String body = Wire.whole(gemini, read(WHOLE, HELLO), script);

        // Then
        assertThat(body)
                .isEqualTo("{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Hey\"}],\"role\": \"model\"},"
                        + "\"finishReason\": \"STOP\",\"index\": 0},{\"content\": {\"parts\": [{\"text\": \"No\"}],"
                        + "\"role\": \"model\"},\"finishReason\": \"SAFETY\",\"index\": 1,\"safetyRatings\": "
                        + "[{\"category\": \"HARM_CATEGORY_DANGEROUS_CONTENT\",\"probability\": \"HIGH\","
                        + "\"blocked\": true}]}],\"usageMetadata\": {\"promptTokenCount\": 9,"
                        + "\"candidatesTokenCount\": 3,\"totalTokenCount\": 12,\"promptTokensDetails\": "
                        + "[{\"modality\": \"TEXT\",\"tokenCount\": 9}]}," + TAIL + "\n");
    }

    @Test
    void errorsArePrettyPrintedAndTellInTheBodyWhenToRetry() throws Exception {
        assertThat(Wire.error(gemini, 429, 7)).isEqualTo("""
            {
              "error": {
                "code": 429,
                "message": "Too many requests. Slow down and try again.",
                "status": "RESOURCE_EXHAUSTED",
                "details": [
                  {
                    "@type": "type.googleapis.com/google.rpc.RetryInfo",
                    "retryDelay": "7s"
                  }
                ]
              }
            }
            """);
        assertThat(gemini.httpError(Wire.IDENTITY, 429, null, 7).headers()).isEmpty();
        assertThat(Wire.text(gemini.stream(Wire.IDENTITY, read(STREAM, HELLO), Wire.script(StopReason.END_TURN))
                        .error()))
                .isEqualTo("""
            {
              "error": {
                "code": 503,
                "message": "The model is overloaded. Please try again later.",
                "status": "UNAVAILABLE"
              }
            }
            """);
        assertThat(gemini.unauthorized(true).status()).isEqualTo(400);
        assertThat(Wire.text(gemini.httpError(Wire.IDENTITY, 400, GeminiError.BAD_KEY, -1)
                        .body()))
                .contains("\"reason\": \"API_KEY_INVALID\"");
    }

    @Test
    void requestsAreReadWithTheModelFromThePathAndSchemasInCapitals() throws Exception {
        // When
        var request = read("/v1beta/models/sim?tokens=5&fault=fail-first=2:429:generateContent", """
            {"systemInstruction":{"parts":[{"text":"Be brief."}]},
             "generationConfig":{"maxOutputTokens":30,"candidateCount":2,"thinkingConfig":{"includeThoughts":true}},
             "tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT",
               "properties":{"n":{"type":"INTEGER"}}}}]}],
             "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
             "contents":[{"role":"user","parts":[{"text":"How "},{"text":"warm?"}]},
               {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
               {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"x":4}}}]}]}""");

        // Then
        assertThat(request.model()).isEqualTo("sim");
        assertThat(request.settings().maxTokens()).isEqualTo(5);
        assertThat(request.lastUserText()).isEqualTo("How warm?");
        assertThat(request.endsWithToolResults()).isTrue();
        assertThat(request.thinkingBudget()).isPositive();
        assertThat(request.maxTokens()).isEqualTo(30);
        assertThat(request.choices()).isEqualTo(2);
        assertThat(request.stream()).isFalse();
        assertThat(request.tools().use()).isEqualTo(ToolOffer.Use.ALWAYS);
        assertThat(request.tools().forced()).isEqualTo("f");
        assertThat(request.tools().tools().getFirst().schema()).hasToString("""
            {"type":"object","properties":{"n":{"type":"integer"}}}""");
    }

    @Test
    void whatIsMissingOrWrongIsRefused() {
        assertThatThrownBy(() -> read(WHOLE, "{}")).hasMessageContaining("contents");
        assertThatThrownBy(() -> read(WHOLE, "{\"contents\":[{}],\"generationConfig\":{\"candidateCount\":9}}"))
                .hasMessageContaining("candidateCount");
        assertThatThrownBy(() -> gemini.read(Wire.request(STREAM, HELLO), CallSettings.DEFAULT))
                .hasMessageContaining("alt=sse");
        assertThat(gemini.serves("/v1beta/models/gemini-x:countTokens")).isFalse();
    }

    private SimulatedRequest read(String path, String body) throws RequestRefused {
        var request = new IncomingRequest(path, Map.of("alt", "sse"), Map.of(), body.getBytes(StandardCharsets.UTF_8));
        return gemini.read(request, CallSettings.DEFAULT);
    }
}

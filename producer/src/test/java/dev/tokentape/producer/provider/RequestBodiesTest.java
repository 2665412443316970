package dev.tokentape.producer.provider;

import static dev.tokentape.producer.provider.ApiNames.BEDROCK;
import static dev.tokentape.producer.provider.ApiNames.CHAT;
import static dev.tokentape.producer.provider.ApiNames.GEMINI;
import static dev.tokentape.producer.provider.ApiNames.MESSAGES;
import static dev.tokentape.producer.provider.ApiNames.OLLAMA;
import static dev.tokentape.producer.provider.ApiNames.RESPONSES;
import static dev.tokentape.producer.provider.Jobs.call;
import static dev.tokentape.producer.provider.Jobs.image;
import static dev.tokentape.producer.provider.Jobs.message;
import static dev.tokentape.producer.provider.Jobs.result;
import static dev.tokentape.producer.provider.Jobs.text;
import static dev.tokentape.producer.provider.VendorRequests.WEATHER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.config.Apis;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.provider.Habits;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RequestBodiesTest {

    @Test
    void aPlainQuestion() {
        // Given
        GenerationJob job = Jobs.asking("Say hello.");

        // Then
        assertThat(body(CHAT, job)).isEqualTo("""
                        {"model":"test-model","messages":[{"role":"user","content":"Say hello."}],"stream":true,\
                        "stream_options":{"include_usage":true}}""");
        assertThat(body(MESSAGES, job)).isEqualTo("""
                        {"model":"test-model","max_tokens":4096,"messages":[{"role":"user","content":"Say hello."}],\
                        "stream":true}""");
    }

    @Test
    void everySetting() {
        // Given
        GenerationJob job = job(request -> request.setSystem("Be brief.")
                .setMaxTokens(2000)
                .setTemperature(0.5)
                .setTopP(0.9)
                .setStop(List.of("END", "\n\n"))
                .setTools(List.of(WEATHER))
                .setToolChoice("weather")
                .setResponseSchema("{\"type\":\"object\"}")
                .setExtra("{\"seed\":7,\"temperature\":0.6}"));

        // Then
        assertThat(body(CHAT, job)).isEqualTo("""
                        {"model":"test-model","messages":[{"role":"system","content":"Be brief."},{"role":"user",\
                        "content":"Hi"}],\
                        "stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":2000,\
                        "temperature":0.6,"top_p":0.9,\
                        "stop":["END","\\n\\n"],"tools":[{"type":"function","function":{"name":"weather",\
                        "description":"Tells the weather.",\
                        "parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],\
                        "tool_choice":{"type":"function","function":{"name":"weather"}},\
                        "response_format":{"type":"json_schema",\
                        "json_schema":{"name":"response","strict":true,"schema":{"type":"object"}}},"seed":7}""");
        assertThat(body(MESSAGES, job)).isEqualTo("""
                        {"model":"test-model","max_tokens":2000,"system":"Be brief.","messages":[{"role":"user",\
                        "content":"Hi"}],\
                        "stream":true,"temperature":0.6,"top_p":0.9,"stop_sequences":["END","\\n\\n"],\
                        "tools":[{"name":"weather","description":"Tells the weather.",\
                        "input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}],\
                        "tool_choice":{"type":"tool","name":"weather"},"output_config":{"format":{"type":"json_schema",\
                        "schema":{"type":"object"}}},"seed":7}""");
    }

    @Test
    void aServerThatIsNotOpenAiIsAskedByTheOldNameOfTheTokenLimit() {
        // Given
        GenerationJob job = job(request -> request.setMaxTokens(10));

        // When
        String body = Json.write(Objects.requireNonNull(Apis.named(CHAT)).body(job, Habits.COMPATIBLE));

        // Then
        assertThat(body).contains("\"max_tokens\":10").doesNotContain("max_completion_tokens");
    }

    @Test
    void aToolRoundTripWithPicturesAndThinking() {
        // Given
        Part thinking = Part.newBuilder()
                .setType(PartType.THINKING)
                .setText("Hm.")
                .setSignature("c2ln")
                .build();
        List<Message> history = List.of(
                message("user", text("What is this?"), image("image/png", "AAAA")),
                message("assistant", thinking, text("Let me look."), call("t1", "weather", "{\"city\":\"Rome\"}")),
                message("tool", result("t1", "sunny")));
        GenerationJob job = Jobs.of(history, List.of(message("user", text("And now?"))), _ -> {});

        // Then
        assertThat(body(CHAT, job)).contains("""
                        "messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},\
                        {"type":"image_url",\
                        "image_url":{"url":"data:image/png;base64,AAAA"}}]},{"role":"assistant",\
                        "content":"Let me look.",\
                        "tool_calls":[{"id":"t1","type":"function","function":{"name":"weather",\
                        "arguments":"{\\"city\\":\\"Rome\\"}"}}]},{"role":"tool","tool_call_id":"t1",\
                        "content":"sunny"},\
                        {"role":"user","content":"And now?"}],""");
        assertThat(body(MESSAGES, job)).contains("""
                        "messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image",\
                        "source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},{"role":"assistant",\
                        "content":[\
                        {"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"text","text":"Let me look."},\
                        {"type":"tool_use","id":"t1","name":"weather","input":{"city":"Rome"}}]},{"role":"user",\
                        "content":[\
                        {"type":"tool_result","tool_use_id":"t1","content":"sunny"},{"type":"text",\
                        "text":"And now?"}]}],""");
    }

    @Test
    void whatACutAnswerLeftBehindDoesNotSpoilTheNext() {
        // Given
        List<Message> history = List.of(
                message("user", text("One")),
                message("assistant", text("")),
                message("user", text("Two")),
                message("assistant", text("Well"), call("t1", "weather", "{\"city\":")),
                message("assistant", call("t2", "weather", "{}")));
        GenerationJob job = Jobs.of(history, List.of(message("user", text("Three"))), _ -> {});

        // Then
        assertThat(body(CHAT, job)).contains("""
                        "messages":[{"role":"user","content":"One"},{"role":"user","content":"Two"},\
                        {"role":"assistant","content":"Well"},{"role":"user","content":"Three"}],""");
        assertThat(body(MESSAGES, job)).contains("""
                        "messages":[{"role":"user","content":[{"type":"text","text":"One"},{"type":"text",\
                        "text":"Two"}]},\
                        {"role":"assistant","content":"Well"},{"role":"user","content":"Three"}],""");
    }

    @Test
    void anthropicThinksWithinABudget() {
        assertThat(body(MESSAGES, job(request -> request.setThinkingBudget(2048))))
                .contains("\"max_tokens\":6144", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}");
        assertThat(body(MESSAGES, job(request -> request.setThinkingBudget(0))))
                .contains("\"thinking\":{\"type\":\"disabled\"}");
    }

    @Test
    void aPlainQuestionToEveryOtherApi() {
        // Given
        GenerationJob job = Jobs.asking("Say hello.");

        // Then
        assertThat(body(RESPONSES, job)).isEqualTo("""
                        {"model":"test-model","input":[{"role":"user","content":"Say hello."}],"stream":true,\
                        "store":false}""");
        assertThat(body(BEDROCK, job)).isEqualTo("""
                        {"messages":[{"role":"user","content":[{"text":"Say hello."}]}]}""");
        assertThat(body(GEMINI, job)).isEqualTo("""
                        {"contents":[{"role":"user","parts":[{"text":"Say hello."}]}]}""");
        assertThat(body(OLLAMA, job)).isEqualTo("""
                        {"model":"test-model","messages":[{"role":"user","content":"Say hello."}],"stream":true}""");
    }

    @Test
    void everySettingOfEveryOtherApi() {
        // Given
        Consumer<GenerationRequest.Builder> all = request -> request.setModel("anthropic.m")
                .setSystem("Be brief.")
                .setMaxTokens(2000)
                .setTemperature(0.5)
                .setTopP(0.9)
                .setTools(List.of(WEATHER))
                .setResponseSchema("{\"type\":\"object\"}")
                .setExtra("{\"seed\":7}");

        // Then
        assertThat(body(RESPONSES, job(all.andThen(request -> request.setToolChoice("weather")))))
                .isEqualTo("""
                        {"model":"anthropic.m","instructions":"Be brief.","input":[{"role":"user","content":"Hi"}],\
                        "stream":true,"store":false,\
                        "max_output_tokens":2000,"temperature":0.5,"top_p":0.9,"tools":[{"type":"function",\
                        "name":"weather",\
                        "description":"Tells the weather.","parameters":{"type":"object",\
                        "properties":{"city":{"type":"string"}}},"strict":false}],\
                        "tool_choice":{"type":"function","name":"weather"},"text":{"format":{"type":"json_schema",\
                        "name":"response",\
                        "strict":true,"schema":{"type":"object"}}},"seed":7}""");
        assertThat(body(
                        BEDROCK,
                        job(all.andThen(request -> request.setToolChoice("auto")
                                .setTemperature(1.0)
                                .setTopP(0.95)
                                .setStop(List.of("END"))
                                .setThinkingBudget(1024)))))
                .isEqualTo("""
                        {"messages":[{"role":"user","content":[{"text":"Hi"}]}],"system":[{"text":"Be brief."}],\
                        "inferenceConfig":{"maxTokens":2000,"temperature":1.0,"topP":0.95,"stopSequences":["END"]},\
                        "toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"Tells the weather.",\
                        "inputSchema":{"json":{"type":"object","properties":{"city":{"type":"string"}}}}}}],\
                        "toolChoice":{"auto":{}}},\
                        "additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}},\
                        "outputConfig":{"textFormat":{"type":"json_schema",\
                        "structure":{"jsonSchema":{"name":"response",\
                        "schema":"{\\"type\\":\\"object\\"}"}}}},"seed":7}""");
        assertThat(body(
                        GEMINI,
                        job(all.andThen(request -> request.setToolChoice("required")
                                .setStop(List.of("END"))
                                .setThinkingBudget(512)))))
                .isEqualTo("""
                        {"contents":[{"role":"user","parts":[{"text":"Hi"}]}],\
                        "systemInstruction":{"parts":[{"text":"Be brief."}]},\
                        "tools":[{"functionDeclarations":[{"name":"weather","description":"Tells the weather.",\
                        "parametersJsonSchema":{"type":"object","properties":{"city":{"type":"string"}}}}]}],\
                        "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},\
                        "generationConfig":{"maxOutputTokens":2000,"temperature":0.5,\
                        "topP":0.9,"stopSequences":["END"],"thinkingConfig":{"thinkingBudget":512,\
                        "includeThoughts":true},\
                        "responseMimeType":"application/json","responseJsonSchema":{"type":"object"}},"seed":7}""");
        assertThat(body(
                        OLLAMA,
                        job(all.andThen(
                                request -> request.setStop(List.of("END")).setThinkingBudget(0)))))
                .isEqualTo("""
                        {"model":"anthropic.m","messages":[{"role":"system","content":"Be brief."},{"role":"user",\
                        "content":"Hi"}],"stream":true,\
                        "options":{"num_predict":2000,"temperature":0.5,"top_p":0.9,"stop":["END"]},\
                        "tools":[{"type":"function",\
                        "function":{"name":"weather","description":"Tells the weather.","parameters":{"type":"object",\
                        "properties":{"city":{"type":"string"}}}}}],"think":false,"format":{"type":"object"},\
                        "seed":7}""");
    }

    @Test
    void aToolRoundTripWithPicturesInEveryOtherApi() {
        // Given
        Part thinking = Part.newBuilder()
                .setType(PartType.THINKING)
                .setText("Hm.")
                .setSignature("c2lnbmVk")
                .build();
        Part signedCall = Part.newBuilder(call("tokentape-r-0-1-0-0", "weather", "{\"city\":\"Rome\"}"))
                .setSignature("c2ln")
                .build();
        List<Message> history = List.of(
                message("user", text("What is this?"), image("image/png", "AAAA")),
                message("assistant", thinking, text("Let me look."), signedCall),
                message("tool", result("tokentape-r-0-1-0-0", "sunny")));
        GenerationJob job = Jobs.of(history, List.of(message("user", text("And now?"))), _ -> {});

        // Then
        assertThat(body(RESPONSES, job)).contains("""
                        "input":[{"role":"user","content":[{"type":"input_text","text":"What is this?"},\
                        {"type":"input_image",\
                        "image_url":"data:image/png;base64,AAAA"}]},{"type":"reasoning",\
                        "summary":[{"type":"summary_text","text":"Hm."}],\
                        "encrypted_content":"c2lnbmVk"},{"role":"assistant","content":"Let me look."},\
                        {"type":"function_call",\
                        "call_id":"tokentape-r-0-1-0-0","name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"},\
                        {"type":"function_call_output",\
                        "call_id":"tokentape-r-0-1-0-0","output":"sunny"},{"role":"user","content":"And now?"}],""");
        assertThat(body(BEDROCK, job)).isEqualTo("""
                        {"messages":[{"role":"user","content":[{"text":"What is this?"},{"image":{"format":"png",\
                        "source":{"bytes":"AAAA"}}}]},\
                        {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm.",\
                        "signature":"c2lnbmVk"}}},\
                        {"text":"Let me look."},{"toolUse":{"toolUseId":"tokentape-r-0-1-0-0","name":"weather",\
                        "input":{"city":"Rome"}}}]},\
                        {"role":"user","content":[{"toolResult":{"toolUseId":"tokentape-r-0-1-0-0",\
                        "content":[{"text":"sunny"}]}},\
                        {"text":"And now?"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":\
                        "Was used earlier in this conversation; not to be used now.",\
                        "inputSchema":{"json":{"type":"object"}}}}]}}""");
        assertThat(body(GEMINI, job)).isEqualTo("""
                        {"contents":[{"role":"user","parts":[{"text":"What is this?"},\
                        {"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},\
                        {"role":"model","parts":[{"text":"Let me look."},{"functionCall":{"name":"weather",\
                        "args":{"city":"Rome"}},\
                        "thoughtSignature":"c2ln"}]},{"role":"user","parts":[{"functionResponse":{"name":"weather",\
                        "response":{"result":"sunny"}}},{"text":"And now?"}]}]}""");
        assertThat(body(OLLAMA, job)).contains("""
                        "messages":[{"role":"user","content":"What is this?","images":["AAAA"]},{"role":"assistant",\
                        "content":"Let me look.",\
                        "thinking":"Hm.","tool_calls":[{"function":{"name":"weather","arguments":{"city":"Rome"}}}]},\
                        {"role":"tool","content":"sunny","tool_name":"weather"},{"role":"user","content":"And now?"}],\
                        """);
    }

    @Test
    void extraGoesIntoObjectsAndDoesNotReplaceThem() {
        // Given
        GenerationJob job = job(request -> request.setMaxTokens(9)
                .setExtra("{\"generationConfig\":{\"seed\":7},\"stream_options\":{\"include_obfuscation\":false}}"));

        // Then
        assertThat(body(GEMINI, job)).contains("\"generationConfig\":{\"maxOutputTokens\":9,\"seed\":7}");
        assertThat(body(CHAT, job))
                .contains("\"stream_options\":{\"include_usage\":true,\"include_obfuscation\":false}");
    }

    @Test
    void severalChoicesAreAskedForByExtra() {
        // Given
        GenerationJob job = job(request -> request.setExtra("{\"n\":3}"));

        // Then
        assertThat(body(CHAT, job)).endsWith(",\"n\":3}");
    }

    private static GenerationJob job(Consumer<GenerationRequest.Builder> settings) {
        return Jobs.of(List.of(), List.of(message("user", text("Hi"))), settings);
    }

    private static String body(String api, GenerationJob job) {
        return Json.write(Objects.requireNonNull(Apis.named(api)).body(job, Habits.VENDOR));
    }
}

package dev.tokentape.producer.provider;

import static dev.tokentape.producer.provider.Jobs.call;
import static dev.tokentape.producer.provider.Jobs.image;
import static dev.tokentape.producer.provider.Jobs.message;
import static dev.tokentape.producer.provider.Jobs.result;
import static dev.tokentape.producer.provider.Jobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.config.ProviderConfig;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes upstream of conversations that vendors refuse as they are: a table over (provider, kind of conversation).
 */
class LawfulRequestsTest {

    private static final String PIXELS = "iVBORw0KGgo=";

    /** A kind of conversation, whom it goes to, and what the body must have and must not. */
    record Row(
            String name, String provider, String model, List<Message> history, List<String> sent, List<String> left) {

        Row has(String... words) {
            return new Row(name, provider, model, history, List.of(words), left);
        }

        Row lacks(String... words) {
            return new Row(name, provider, model, history, sent, List.of(words));
        }

        @Override
        public String toString() {
            return provider + ": " + name;
        }
    }

    static Stream<Row> rows() {
        List<Row> rows = new ArrayList<>();
        List<Message> blank = List.of(
                message("user", text("A?"), text(" \n")),
                message("assistant", text("\u00a0"), text("B."), call("t1", "f", "{}")),
                message("tool", result("t1", "  ")));
        for (String strict : List.of("anthropic", "bedrock")) {
            rows.add(row("blank text", strict, "anthropic.m", blank)
                    .has("A?", "B.")
                    .lacks("\" \\n\"", "\u00a0", "\"  \""));
        }
        rows.add(row("blank text", "openai", "m", blank).has("A?", "\" \\n\"", "\u00a0"));

        List<Message> failed = List.of(
                message("user", text("A?")),
                message("assistant", call("t1", "f", "{}")),
                message("tool", failed("t1")));
        for (String any :
                List.of("anthropic", "bedrock", "gemini", "openai", "openai-responses", "ollama", "mistral")) {
            rows.add(row("a result that failed without a word", any, "anthropic.m", failed)
                    .has("The tool failed and said nothing about why."));
        }
        rows.add(row("tools of the history", "bedrock", "anthropic.m", failed)
                .has("\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"f\""));

        List<Message> foreign = List.of(
                message("user", text("A?")),
                by(
                        "elsewhere",
                        "other-1",
                        thought("Hm.", "Zm9yZWlnbg=="),
                        signed(call("t1", "f", "{}"), "Zm9yZWlnbg==")),
                message("tool", result("t1", "1")),
                by("elsewhere", "other-1", redacted("Zm9yZWlnbg==", null), text("B.")));
        for (String any : List.of(
                "anthropic",
                "bedrock",
                "gemini",
                "openai",
                "openai-responses",
                "ollama",
                "mistral",
                "deepseek",
                "openrouter",
                "litellm",
                "vllm")) {
            rows.add(row("what another has sealed", any, "anthropic.m", foreign)
                    .has("B.")
                    .lacks("Zm9yZWlnbg", "Hm."));
        }
        rows.add(row("another model's call", "gemini", "gemini-3-pro-preview", foreign)
                .has("\"thoughtSignature\":\"skip_thought_signature_validator\""));
        rows.add(
                row("another model's call", "gemini", "gemini-2.5-pro", foreign).lacks("thoughtSignature"));
        rows.add(row(
                        "a vendor behind the same provider",
                        "bedrock",
                        "amazon.nova-pro-v1:0",
                        List.of(
                                message("user", text("A?")),
                                by(
                                        "bedrock",
                                        "eu.anthropic.claude-sonnet-4-5-v1:0",
                                        thought("Hm.", "c2ln"),
                                        text("B."))))
                .lacks("c2ln"));
        rows.add(row(
                        "the same vendor in another region",
                        "bedrock",
                        "us.anthropic.claude-opus-4-1-v1:0",
                        List.of(
                                message("user", text("A?")),
                                by(
                                        "bedrock",
                                        "eu.anthropic.claude-sonnet-4-5-v1:0",
                                        thought("Hm.", "c2ln"),
                                        text("B."))))
                .has("c2ln"));
        rows.add(row(
                        "a thought that says whose it is",
                        "anthropic",
                        "m",
                        List.of(
                                message("user", text("A?")),
                                message(
                                        "assistant",
                                        told(thought("Hm.", "c2ln"), "{\"sealed_by\":\"gemini\"}"),
                                        told(thought("So.", "b3du"), "{\"sealed_by\":\"anthropic\"}"),
                                        text("B."))))
                .has("b3du")
                .lacks("c2ln"));

        List<Message> own = List.of(
                message("user", text("A?")),
                message(
                        "assistant",
                        thought("Hm.", null),
                        told(
                                call("t1", "f", "{}"),
                                "{\"extra_content\":{\"google\":{\"thought_signature\":\"c2ln\"}}}")),
                message("tool", result("t1", "1")));
        for (String aloud : List.of("deepseek", "vllm", "litellm", "openrouter")) {
            rows.add(row("thinking that led to a call", aloud, "deepseek-v4", own)
                    .has("\"reasoning_content\":\"Hm.\""));
        }
        for (String silent : List.of("openai", "mistral", "groq", "xai", "vllm")) {
            rows.add(row("thinking that led to a call", silent, "m", own).lacks("reasoning_content"));
        }
        rows.add(row("a signature in a call", "vllm", "m", own)
                .has("\"extra_content\":{\"google\":{\"thought_signature\":\"c2ln\"}}"));

        List<Message> twice = List.of(
                message("user", text("A?")),
                message("assistant", text("Wait."), call("functions.f:0", "f", "{\"n\":1}")),
                message("user", text("B?")),
                message("assistant", call("functions.f:0", "f", "{\"n\":2}")),
                message("tool", result("functions.f:0", "two")),
                message("assistant", call("functions.f:0", "f", "{\"n\":3}")),
                message("tool", result("functions.f:0", "three")));
        for (String any :
                List.of("anthropic", "bedrock", "gemini", "openai", "openai-responses", "ollama", "mistral", "groq")) {
            rows.add(row("an id that is used again", any, "anthropic.m", twice)
                    .has("Wait.", "two", "three")
                    .lacks("\"n\":1", "\\\"n\\\":1"));
        }
        rows.add(row("an id that is used again", "groq", "m", twice).has("\"functions.f:0\""));
        for (String strict : List.of("anthropic", "bedrock", "mistral")) {
            rows.add(row("an id that is not lawful", strict, "anthropic.m", twice)
                    .lacks("functions.f:0"));
        }

        List<Message> thoughtLast = List.of(
                message("user", text("A?")),
                message("assistant", text("Let me look."), thought("I need it.", "c2ln"), call("t1", "f", "{}")));
        for (String sealed : List.of("anthropic", "bedrock", "openai-responses")) {
            rows.add(row("a turn that would end in a thought", sealed, "anthropic.m", thoughtLast)
                    .has("Let me look.")
                    .lacks("c2ln", "t1"));
        }

        List<Message> drawn = List.of(
                message("user", text("Draw.")), message("assistant", signed(image("image/png", PIXELS), "c2ln")));
        rows.add(row("a picture that it made", "gemini", "gemini-3-pro-image", drawn)
                .has(
                        "Draw.",
                        "\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"iVBORw0KGgo=\"},"
                                + "\"thoughtSignature\":\"c2ln\""));
        for (String any : List.of("anthropic", "bedrock", "openai", "openai-responses", "ollama", "mistral")) {
            rows.add(row("a picture that it made", any, "anthropic.m", drawn)
                    .has("Draw.", "(a picture)")
                    .lacks(PIXELS));
        }

        List<Message> jpg = List.of(message(
                "user", image("image/jpg", "AAAA"), link("data:image/jpg;base64,BBBB"), link("data:image/png,%89PNG")));
        for (String any : List.of("anthropic", "gemini", "openai", "openai-responses")) {
            rows.add(row("media", any, "m", jpg)
                    .has("image/jpeg", "AAAA", "BBBB", "iVBORw==")
                    .lacks("image/jpg"));
        }
        for (String bytes : List.of("bedrock", "ollama")) {
            rows.add(row("media", bytes, "m", jpg)
                    .has("AAAA", "BBBB", "iVBORw==")
                    .lacks("data:", "jpg"));
        }

        List<Message> systems = List.of(message("system", text("Second.")), message("user", text("A?")));
        for (String one : List.of("vllm", "mistral", "deepseek", "ollama")) {
            rows.add(row("two system prompts", one, "m", systems).has("First.\\n\\nSecond."));
        }
        rows.add(row("two system prompts", "anthropic", "m", systems).has("\"system\":\"First.\\n\\nSecond.\""));

        for (String between : List.of("mistral", "vllm")) {
            rows.add(row("a question after a result", between, "mistral-small", failed)
                    .has("{\"role\":\"assistant\",\"content\":\"Noted.\"},{\"role\":\"user\",\"content\":\"Next?\"}"));
        }
        rows.add(row("a question after a result", "vllm", "qwen3", failed).lacks("Noted."));

        rows.add(row("kinds of calls", "openai-responses", "m", kinds())
                .has(
                        "{\"type\":\"apply_patch_call\",\"call_id\":\"c1\","
                                + "\"status\":\"completed\",\"operation\":{\"type\":\"delete_file\","
                                + "\"path\":\"x\"}}",
                        "{\"type\":\"apply_patch_call_output\",\"call_id\":\"c1\","
                                + "\"status\":\"failed\",\"output\":\"no\"}",
                        "{\"type\":\"custom_tool_call\",\"call_id\":\"c2\",\"name\":\"sql\","
                                + "\"input\":\"SELECT 2\"}",
                        "{\"type\":\"custom_tool_call_output\",\"call_id\":\"c2\",\"output\":\"2\"}",
                        "\"action\":{\"commands\":[\"pwd\"]}",
                        "{\"type\":\"shell_call_output\",\"call_id\":\"c3\","
                                + "\"output\":[{\"stdout\":\"/\",\"stderr\":\"\","
                                + "\"outcome\":{\"type\":\"exit\",\"exit_code\":0}}]}",
                        "{\"type\":\"tool_search_output\",\"call_id\":\"c4\","
                                + "\"execution\":\"client\",\"status\":\"completed\",\"tools\":[]}",
                        "{\"type\":\"mcp_approval_response\",\"approval_request_id\":\"c5\",\"approve\":true}",
                        "{\"type\":\"local_shell_call_output\",\"id\":\"c6\",\"output\":\"/\","
                                + "\"status\":\"completed\"}"));
        rows.add(row("kinds of calls", "anthropic", "m", by("openai-responses", kinds()))
                .has("\"name\":\"sql\",\"input\":{\"input\":\"SELECT 2\"}", "\"name\":\"apply_patch\""));

        rows.add(row(
                        "a phase",
                        "openai-responses",
                        "m",
                        List.of(
                                message("user", text("A?")),
                                message(
                                        "assistant",
                                        told(text("Looking."), "{\"phase\":\"commentary\"}"),
                                        told(text("B."), "{\"phase\":\"final_answer\"}"))))
                .has(
                        "\"content\":\"Looking.\",\"phase\":\"commentary\"",
                        "\"content\":\"B.\",\"phase\":\"final_answer\""));
        List<Message> shortened = List.of(
                message("user", text("A?")),
                message(
                        "assistant",
                        Part.newBuilder()
                                .setType(PartType.OTHER)
                                .setText("In short.")
                                .setSignature("c2VhbGVk")
                                .setProviderData("{\"type\":\"compaction\"}")
                                .build(),
                        text("B.")));
        rows.add(row("a compaction", "anthropic", "m", shortened)
                .has("{\"type\":\"compaction\",\"content\":\"In short.\","
                        + "\"encrypted_content\":\"c2VhbGVk\"},"
                        + "{\"type\":\"text\",\"text\":\"B.\"}"));
        rows.add(row(
                        "a compaction",
                        "openai-responses",
                        "m",
                        List.of(
                                message("user", text("A?")),
                                message(
                                        "assistant",
                                        Part.newBuilder()
                                                .setType(PartType.OTHER)
                                                .setProviderData(
                                                        "{\"type\":\"compaction\",\"encrypted_content\":\"c2VhbGVk\"}")
                                                .build(),
                                        text("B."))))
                .has("{\"type\":\"compaction\",\"encrypted_content\":\"c2VhbGVk\"}"));
        for (String another : List.of("bedrock", "gemini", "openai", "openai-responses", "mistral", "ollama")) {
            rows.add(row("a compaction of another's", another, "anthropic.m", by("anthropic", shortened))
                    .has("B.")
                    .lacks("compaction", "c2VhbGVk"));
        }

        List<Message> emptySigned =
                List.of(message("user", text("A?")), message("assistant", text("B."), signed(text(""), "c2ln")));
        rows.add(row("a signature on a part without anything", "gemini", "gemini-3-pro-preview", emptySigned)
                .has("{\"text\":\"\",\"thoughtSignature\":\"c2ln\"}"));
        for (String another : List.of("anthropic", "bedrock", "openai", "mistral")) {
            rows.add(row(
                            "a signature on a part without anything, of another's",
                            another,
                            "anthropic.m",
                            by("gemini", emptySigned))
                    .has("B.")
                    .lacks("c2ln", "\"text\":\"\""));
        }

        List<Message> searched = List.of(
                message("user", text("A?")),
                message(
                        "assistant",
                        served("s1", "web_search", "{\"query\":\"q\"}"),
                        found("s1", "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"s1\",\"content\":[]}"),
                        text("B."),
                        served("s2", "web_search", "{\"query\":\"r\"}")));
        rows.add(row("steps of the server's tools, and one that was not carried out", "anthropic", "m", searched)
                .has("{\"type\":\"server_tool_use\",\"id\":\"s1\"", "\"tool_use_id\":\"s1\"", "B.")
                .lacks("\"s2\""));
        return rows.stream();
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic,        fs.read,        '[a-zA-Z0-9_-]{1,128}'",
        "bedrock,          mcp:files/read, '[a-zA-Z0-9_-]{1,64}'",
        "openai,           größe,          '[a-zA-Z0-9_-]{1,64}'",
        "azure-openai,     fs.read,        '[a-zA-Z0-9_-]{1,64}'",
        "openai-responses, fs.read,        '[a-zA-Z0-9_-]{1,64}'",
        "gemini,           7zip,           '[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}'",
        "mistral,          fs.read,        '[a-zA-Z0-9_-]{1,64}'",
        "deepseek,         fs.read,        '[a-zA-Z0-9_-]{1,64}'"
    })
    void aNameThatIsNotLawfulIsMadeSoAlikeInDefinitionChoiceAndCallAndToldAsItWasGiven(
            String provider, String name, String lawful) {
        // Given
        GenerationJob job = Jobs.of(
                List.of(
                        message("user", text("A?")),
                        message("assistant", call("abcdef123", name, "{}")),
                        message("tool", result("abcdef123", "1"))),
                List.of(message("user", text("B?"))),
                request -> request.setProvider(provider)
                        .setModel("m")
                        .setTools(List.of(tool(name), tool(name.replace('.', '_') + "x"), tool(name + "y".repeat(200))))
                        .setToolChoice(name));

        // When
        JsonNode body = config(provider).body(job);
        ToolNames names = config(provider).toolNames(job);

        // Then
        Set<String> sent = new LinkedHashSet<>();
        names(body, sent);
        assertThat(body.toString()).doesNotContain(name + "\"");
        assertThat(sent).hasSize(3).allSatisfy(each -> assertThat(each).matches(lawful));
        String made = sent.stream()
                .filter(each -> told(names, each).equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(body.toString().split("\"" + made + "\"", -1)).hasSizeGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, weather",
        "gemini,    fs.read:it",
        "vllm,      fs.read",
        "ollama,    größe",
        "litellm,   functions.f"
    })
    void aLawfulNameStaysAsItIs(String provider, String name) {
        // Given
        GenerationJob job = Jobs.of(
                List.of(),
                List.of(message("user", text("B?"))),
                request -> request.setProvider(provider).setTools(List.of(tool(name))));

        // Then
        assertThat(config(provider).body(job).toString()).contains("\"" + name + "\"");
        assertThat(told(config(provider).toolNames(job), name)).isEqualTo(name);
    }

    /** The name under which a call of this name is told. */
    private static String told(ToolNames names, String called) {
        Envelope at = new Envelope("c", "r", 1, "run", 0, 0, 0, 0, 0, 0, "p", "m");
        TokenEvent event = names.told(new TokenEvent.BlockStart(at, BlockType.TOOL_USE, "t", called, null, null, null));
        return String.valueOf(((TokenEvent.BlockStart) event).toolName());
    }

    private static void names(JsonNode node, Set<String> names) {
        if (node.path("name").isTextual()) {
            names.add(node.path("name").textValue());
        }
        node.path("allowedFunctionNames").forEach(name -> names.add(name.textValue()));
        node.forEach(child -> names(child, names));
    }

    private static Tool tool(String name) {
        return Tool.newBuilder()
                .setName(name)
                .setParameters("{\"type\":\"object\"}")
                .build();
    }

    private static Part served(String id, String name, String input) {
        return Part.newBuilder(call(id, name, input)).setType(PartType.OTHER).build();
    }

    private static Part found(String id, String block) {
        return Part.newBuilder()
                .setType(PartType.OTHER)
                .setToolCallId(id)
                .setText("")
                .setProviderData(block)
                .build();
    }

    private static List<Message> by(String provider, List<Message> messages) {
        return messages.stream()
                .map(message ->
                        Message.newBuilder(message).setProvider(provider).build())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatGoesUpstreamIsLawful(Row row) {
        // When
        String body = body(row.provider, row.model, row.history, _ -> {}).toString();

        // Then
        assertThat(body).contains("Next?");
        row.sent.forEach(word -> assertThat(body).contains(word));
        row.left.forEach(gone -> assertThat(body).doesNotContain(gone));
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic,          toolu_01ABC_d-e",
        "bedrock,            tooluse_Ab-1",
        "openai-responses,   'a:b/c d'",
        "litellm,            'call_1__thought__c2lnbmF0dXJlLXRoYXQtaXMtbXVjaC1sb25nZXItdGhhbi1mb3J0eS1jaGFyYWN0ZXJz'",
        "groq,               functions.f:0",
        "mistral,            g6fVbXS8K"
    })
    void aLawfulIdStaysAsItIs(String provider, String id) {
        assertThat(idsOf(provider, id)).containsExactly(id, id);
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic,        [a-zA-Z0-9_-]+",
        "bedrock,          '[a-zA-Z0-9_-]{1,64}'",
        "openai-responses, '.{1,64}'",
        "openai,           '.{1,40}'",
        "mistral,          '[a-zA-Z0-9]{9}'"
    })
    void anIdThatIsNotBecomesOneAlikeForCallAndResultAndNoOther(String provider, String lawful) {
        // Given
        String id = "functions.f:0/" + "x".repeat(80);
        String made = idsOf(provider, id).getFirst();

        // When there is already a call that has the id which would be made
        List<String> beside = idsOf(provider, made, id);

        // Then
        assertThat(made).matches(lawful);
        assertThat(beside.get(0)).isEqualTo(made).isEqualTo(beside.get(1));
        assertThat(beside.get(2)).matches(lawful).isNotEqualTo(made).isEqualTo(beside.get(3));
    }

    @ParameterizedTest
    @CsvSource({
        "claude-sonnet-4-5-20250929, enabled",
        "claude-opus-4-6,            enabled",
        "claude-3-7-sonnet-20250219, enabled",
        "claude-opus-4-7,            adaptive",
        "claude-sonnet-5,            adaptive",
        "claude-fable-5,             adaptive"
    })
    void aBudgetTakesTheFormThatTheModelTakes(String model, String type) {
        for (String provider : List.of("anthropic", "bedrock")) {
            // When
            JsonNode body = body(
                    provider,
                    (provider.equals("bedrock") ? "eu.anthropic." : "") + model,
                    List.of(),
                    request -> request.setThinkingBudget(20_000));

            // Then
            JsonNode fields = provider.equals("bedrock") ? body.path("additionalModelRequestFields") : body;
            assertThat(fields.at("/thinking/type").asText()).isEqualTo(type);
            assertThat(fields.at("/output_config/effort").asText()).isEqualTo(type.equals("adaptive") ? "high" : "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "bedrock"})
    void anAnswerWhoseThoughtWasMaskedGoesOnWithoutThinking(String provider) {
        // Given a call that a thought led to which has lost its signature, and one that has not
        List<Message> masked = List.of(
                message("user", text("A?")),
                message("assistant", thought("[phone number]", null), call("t1", "f", "{}")),
                message("tool", result("t1", "1")));
        List<Message> whole = List.of(
                message("user", text("A?")),
                message("assistant", thought("Hm.", "c2ln"), call("t1", "f", "{}")),
                message("tool", result("t1", "1")));

        // When
        JsonNode without = going(provider, masked);
        JsonNode with = going(provider, whole);

        // Then
        assertThat(without.findValue("thinking")).isNull();
        assertThat(with.toString()).contains("\"budget_tokens\":2048").contains("c2ln");
    }

    @ParameterizedTest
    @CsvSource({"openai-responses,gpt-5", "openai-responses,o4-mini"})
    void reasoningIsAskedForWhereNothingIsStored(String provider, String model) {
        assertThat(body(provider, model, List.of(), _ -> {}).path("include").toString())
                .isEqualTo("[\"reasoning.encrypted_content\"]");
        assertThat(body(provider, "gpt-4.1", List.of(), _ -> {}).has("include")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "bedrock", "gemini", "mistral"})
    void aConversationOfNothingIsRefusedBeforeTheCall(String provider) {
        // Given
        GenerationJob job =
                Jobs.of(List.of(), List.of(message("user", text(""))), request -> request.setProvider(provider));

        // Then
        assertThatThrownBy(() -> config(provider).body(job)).isInstanceOf(UnsupportedRequestException.class);
    }

    private static List<String> idsOf(String provider, String... ids) {
        List<Message> history = new ArrayList<>(List.of(message("user", text("A?"))));
        for (String id : ids) {
            history.add(message("assistant", call(id, "f", "{}")));
            history.add(message("tool", result(id, "1")));
        }
        List<String> found = new ArrayList<>();
        collect(body(provider, "anthropic.m", history, _ -> {}), found);
        return found;
    }

    private static void collect(JsonNode node, List<String> ids) {
        for (String field : List.of("call_id", "toolUseId", "tool_use_id", "tool_call_id", "id")) {
            if (node.path(field).isTextual()) {
                ids.add(node.path(field).textValue());
            }
        }
        node.forEach(child -> collect(child, ids));
    }

    private static JsonNode going(String provider, List<Message> messages) {
        GenerationJob job = Jobs.of(
                messages.subList(0, 2),
                messages.subList(2, 3),
                request -> request.setProvider(provider)
                        .setModel("anthropic.m")
                        .setMaxTokens(8000)
                        .setThinkingBudget(2048));
        return config(provider).body(job);
    }

    private static JsonNode body(
            String provider, String model, List<Message> history, Consumer<GenerationRequest.Builder> settings) {
        GenerationJob job = Jobs.of(
                history,
                List.of(message("user", text("Next?"))),
                request -> settings.accept(
                        request.setProvider(provider).setModel(model).setSystem("First.")));
        return config(provider).body(job);
    }

    private static ProviderConfig config(String provider) {
        Settings settings = Settings.of(Map.of(
                "providers", provider,
                "provider.bedrock.region", "eu-central-1",
                "provider.azure-openai.base-url", "https://house.openai.azure.com"));
        return Objects.requireNonNull(ProviderConfig.from(settings, provider));
    }

    private static List<Message> kinds() {
        List<Message> kinds = new ArrayList<>(List.of(message("user", text("A?"))));
        kind(
                kinds,
                "c1",
                null,
                "{\"operation\":{\"type\":\"delete_file\",\"path\":\"x\"}}",
                "apply_patch_call",
                "no",
                true);
        kind(kinds, "c2", "sql", "SELECT 2", "custom_tool_call", "2", false);
        kind(kinds, "c3", null, "{\"commands\":[\"pwd\"]}", "shell_call", "/", false);
        kind(kinds, "c4", null, "{\"goal\":\"x\"}", "tool_search_call", "[]", false);
        kind(kinds, "c5", "send", "{}", "mcp_approval_request", "yes", false);
        kind(kinds, "c6", null, "{\"type\":\"exec\",\"command\":[\"pwd\"]}", "local_shell_call", "/", false);
        return kinds;
    }

    private static void kind(
            List<Message> to,
            String id,
            @Nullable String name,
            String input,
            String kind,
            String output,
            boolean failed) {
        to.add(message(
                "assistant",
                told(
                        Part.newBuilder(call(id, "", input)).setToolName(name).build(),
                        "{\"type\":\"%s\"}".formatted(kind))));
        to.add(message(
                "tool", Part.newBuilder(result(id, output)).setIsError(failed).build()));
    }

    private static Message by(String provider, String model, Part... parts) {
        return Message.newBuilder(message("assistant", parts))
                .setProvider(provider)
                .setModel(model)
                .build();
    }

    private static Part thought(String text, @Nullable String signature) {
        return Part.newBuilder()
                .setType(PartType.THINKING)
                .setText(text)
                .setSignature(signature)
                .build();
    }

    private static Part redacted(String data, @Nullable String providerData) {
        return Part.newBuilder()
                .setType(PartType.REDACTED_THINKING)
                .setText(data)
                .setProviderData(providerData)
                .build();
    }

    private static Part signed(Part part, String signature) {
        return Part.newBuilder(part).setSignature(signature).build();
    }

    private static Part told(Part part, String providerData) {
        return Part.newBuilder(part).setProviderData(providerData).build();
    }

    private static Part failed(String id) {
        return Part.newBuilder(result(id, "")).setIsError(true).build();
    }

    private static Part link(String url) {
        return Part.newBuilder().setType(PartType.IMAGE).setUrl(url).build();
    }

    private static Row row(String name, String provider, String model, List<Message> history) {
        return new Row(name, provider, model, history, List.of(), List.of());
    }
}

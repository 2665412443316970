package dev.tokentape.simulator.strict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.settings.ChatDialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule with bodies that keep it and bodies that break it, from tables beside this class: a section for each rule,
 * its name in brackets; {@code +} a lawful and {@code -} an unlawful body, each as what differs from the table's {@code
 * base}; a member {@code $model} is the model of the path. Seals are written as {@code ${anthropic:text}} and {@code
 * ${openai-token:text}}, long names by their length.
 */
class RuleTableTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, ApiRules> TABLES = tables();

    private static Map<String, ApiRules> tables() {
        var tables = new LinkedHashMap<String, ApiRules>();
        tables.put("anthropic", AnthropicRules.ALL);
        tables.put("bedrock", BedrockRules.ALL);
        tables.put("gemini", GeminiRules.ALL);
        tables.put("ollama", OllamaRules.ALL);
        tables.put("responses", ResponsesRules.ALL);
        for (ChatDialect dialect : List.of(
                ChatDialect.OPENAI,
                ChatDialect.LITELLM,
                ChatDialect.MISTRAL,
                ChatDialect.DEEPSEEK,
                ChatDialect.GROQ,
                ChatDialect.VLLM,
                ChatDialect.PERPLEXITY)) {
            tables.put("chat-" + dialect.spelling(), ChatRules.of(dialect));
        }
        return tables;
    }

    /** A body of a table, and the rule of whose section it is. */
    private record Row(String table, String rule, boolean lawful, String written, Asked asked) {

        @Override
        public String toString() {
            return table + " " + rule + (lawful ? " + " : " - ") + written;
        }
    }

    static Stream<Row> rows() {
        return TABLES.keySet().stream().flatMap(table -> read(table).stream());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aBodyIsRefusedForTheRuleThatItBreaksAndNoOther(Row row) {
        // Given
        ApiRules rules = Objects.requireNonNull(TABLES.get(row.table()));

        // When
        var broken = rules.firstBroken(row.asked());

        // Then
        if (row.lawful()) {
            assertThat(broken).isEmpty();
        } else {
            assertThat(broken).map(Violation::rule).contains(row.rule());
            assertThat(broken)
                    .map(Violation::complaint)
                    .hasValueSatisfying(words -> assertThat(words).isNotBlank());
        }
    }

    @Test
    void everyRuleHasALawfulAndAnUnlawfulBody() {
        // Given
        Set<String> all = TABLES.values().stream()
                .flatMap(rules -> rules.rules().stream().map(VendorRule::name))
                .collect(Collectors.toCollection(LinkedHashSet::new));

        // When
        List<Row> rows = rows().toList();

        // Then
        for (boolean lawful : new boolean[] {true, false}) {
            assertThat(rows.stream()
                            .filter(row -> row.lawful() == lawful)
                            .map(Row::rule)
                            .collect(Collectors.toSet()))
                    .containsAll(all);
        }
    }

    @Test
    void everyRuleIsListedWithItsSource() throws IOException {
        // Given
        String list = Files.readString(Path.of("docs", "strict.md"));

        // Then
        for (ApiRules rules : TABLES.values()) {
            for (VendorRule rule : rules.rules()) {
                assertThat(list.lines().filter(line -> line.startsWith("| `" + rule.name() + "` |")))
                        .as(rule.name())
                        .hasSize(1);
            }
        }
    }

    @Test
    void theServersThatNoTableIsAboutHaveNoRulesBesides() {
        for (ChatDialect dialect : ChatDialect.values()) {
            assertThat(TABLES.values().stream()
                            .flatMap(rules -> rules.rules().stream().map(VendorRule::name))
                            .toList())
                    .containsAll(ChatRules.of(dialect).rules().stream()
                            .map(VendorRule::name)
                            .toList());
        }
    }

    private static List<Row> read(String table) {
        var rows = new ArrayList<Row>();
        JsonNode base = JSON.createObjectNode();
        String rule = "";
        for (String line : resource(table + ".txt").lines().toList()) {
            if (line.startsWith("base ")) {
                base = json(line.substring(5));
            } else if (line.startsWith("[")) {
                rule = line.substring(1, line.length() - 1);
            } else if (line.startsWith("+ ") || line.startsWith("- ")) {
                ObjectNode body = base.deepCopy();
                for (var member : json(line.substring(2)).properties()) {
                    if (member.getValue().isNull()) {
                        body.remove(member.getKey());
                    } else {
                        body.set(member.getKey(), member.getValue());
                    }
                }
                JsonNode ofPath = body.remove("$model");
                String model =
                        ofPath != null ? ofPath.asText() : body.path("model").asText("sim");
                rows.add(new Row(table, rule, line.startsWith("+"), line.substring(2), new Asked(body, model)));
            }
        }
        return rows;
    }

    private static JsonNode json(String written) {
        try {
            return JSON.readTree(sealed(written));
        } catch (IOException notJson) {
            throw new UncheckedIOException(written, notJson);
        }
    }

    /** With the seals and the long names that stand in it filled in. */
    private static String sealed(String written) {
        String text = written;
        for (Seal seal : Seal.values()) {
            String name = seal.name().toLowerCase(Locale.ROOT);
            text = Pattern.compile("\\$\\{" + name + ":([^}]*)}")
                    .matcher(text)
                    .replaceAll(found -> seal.signature(found.group(1)));
            text = Pattern.compile("\\$\\{" + name + "-token:([^}]*)}")
                    .matcher(text)
                    .replaceAll(found -> seal.token(found.group(1)));
        }
        return text.replace("${65}", "x".repeat(65))
                .replace("${41}", "x".repeat(41))
                .replace("${40}", "x".repeat(40));
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(RuleTableTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(name, unreadable);
        }
    }
}

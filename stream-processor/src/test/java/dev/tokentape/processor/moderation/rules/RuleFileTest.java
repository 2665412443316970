package dev.tokentape.processor.moderation.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleFileTest {

    @Test
    void aFileIsReadWithItsDefaults() {
        // When
        RuleSet set = RuleFile.parse("""
                max_hold: 500
                rules:
                  - id: names
                    words: [no, 'on', 007]
                  - {id: sorry, literals: as an AI, action: regenerate, instruction: Answer plainly., applies_to: text}
                  - {id: later, words: [x], enabled: false}
                """);

        // Then
        assertThat(set.maxHold()).isEqualTo(500);
        assertThat(set.off()).containsExactly("later");
        Rule names = set.rule("names").orElseThrow();
        assertThat(names.words()).containsExactly("no", "on", "007");
        assertThat(names.action()).isEqualTo(new Action.Redact("[names]"));
        assertThat(names.appliesTo()).isEqualTo(Set.of(Channel.TEXT, Channel.TOOL_INPUT));
        assertThat(names.line()).isEqualTo(3);
        assertThat(set.rule("sorry").orElseThrow().action()).isEqualTo(new Action.Regenerate("Answer plainly.", 1));
    }

    @Test
    void aBadFileIsRefusedAsAWholeWithEveryProblemAndItsLine() {
        // When
        RuleFileException refused = catchThrowableOfType(RuleFileException.class, () -> RuleFile.parse("""
                        thinking: mask
                        rules:
                          - id: one
                            pattern: 'x[0-9]+'
                          - id: one
                            words: []
                            applies_to: [txt, text]
                          - id: "a b"
                            literals: ["\\u200B"]
                            action: deny
                          - id: four
                            words: [x]
                            validator: luhn
                            mask: m
                            action: regenerate
                            max_attempts: many
                          - id: five
                          - six
                          - {id: seven, pattern: 'a{300}', max_hold: 20, validator: luck}
                        rule: []
                        """));

        // Then
        assertThat(refused.problems())
                .extracting(RuleProblem::toString)
                .anySatisfy(p -> assertThat(p).contains("line 1: thinking must be one of pass, drop"))
                .anySatisfy(p -> assertThat(p).contains("line 4: rule one: the repeat +"))
                .anySatisfy(p -> assertThat(p).contains("line 5: rule one: the id is that of the rule at line 3"))
                .anySatisfy(p -> assertThat(p).contains("line 7: rule one: applies_to names txt"))
                .anySatisfy(p -> assertThat(p).contains("line 8: rule a b: an id has"))
                .anySatisfy(p -> assertThat(p).contains("line 9: rule a b: literals must each have 1 to"))
                .anySatisfy(p -> assertThat(p).contains("line 10: rule a b: the action deny is not known"))
                .anySatisfy(p -> assertThat(p).contains("line 13: rule four: a validator needs a pattern"))
                .anySatisfy(p -> assertThat(p).contains("line 14: rule four: mask goes with action redact"))
                .anySatisfy(p -> assertThat(p).contains("rule four: regenerate needs an instruction"))
                .anySatisfy(p -> assertThat(p).contains("line 16: rule four: max_attempts must be a number"))
                .anySatisfy(p -> assertThat(p).contains("line 17: rule five: it has neither"))
                .anySatisfy(p -> assertThat(p).contains("line 18: a rule is a mapping"))
                .anySatisfy(p -> assertThat(p).contains("line 19: rule seven: a match may have 300 characters"))
                .anySatisfy(p -> assertThat(p).contains("line 19: rule seven: the validator luck is not known"))
                .anySatisfy(p -> assertThat(p).contains("line 20: the field rule is not known"))
                .hasSize(16);
    }

    @Test
    void whatIsNoYamlIsRefused() {
        assertThatThrownBy(() -> RuleFile.parse("rules: [\n  {id: a"))
                .isInstanceOf(RuleFileException.class)
                .hasMessageContaining("not YAML");
        assertThatThrownBy(() -> RuleFile.parse("- a")).hasMessageContaining("a rule file is a mapping");
        assertThatThrownBy(() -> RuleFile.parse("rules: []\n---\nrules: []")).hasMessageContaining("second document");
        assertThatThrownBy(() -> RuleFile.parse("rules: []\nrules: []")).hasMessageContaining("stands twice");
        assertThatThrownBy(() -> RuleFile.parse("a: &x 1\nrules: *x")).hasMessageContaining("aliases");
    }

    @Test
    void theVersionIsThatOfWhatTheFileSaysNotOfHowItIsWritten() {
        // Given
        String version = RuleFile.parse("rules:\n  - {id: a, words: [x, y]}").version();

        // Then
        assertThat(version).matches("[0-9a-f]{16}");
        assertThat(RuleFile.parse("# a note\nrules:\n- words: ['x', \"y\"]\n  id: a\n")
                        .version())
                .isEqualTo(version);
        assertThat(RuleFile.parse("rules:\n  - {id: a, words: [y, x]}").version())
                .isNotEqualTo(version);
    }

    @Test
    void theDefaultRulesAreGood() {
        // When
        RuleSet set = RuleFile.parse(DefaultRules.yaml());

        // Then
        assertThat(set.rules()).extracting(Rule::id).contains("payment-card", "iban", "private-key", "forbidden-words");
        assertThat(set.off()).containsExactly("email", "ip-address");
    }

    @Test
    void theExampleInTheDocumentationIsGood() throws IOException {
        // Given
        String page = Files.readString(Path.of("..", "docs", "moderation.md"));
        String example = page.substring(page.indexOf("```yaml") + "```yaml".length());

        // When
        RuleSet set = RuleFile.parse(example.substring(0, example.indexOf("```")));

        // Then
        assertThat(set.rules()).hasSize(5);
    }
}

package dev.tokentape.processor.moderation.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Cutting;
import dev.tokentape.processor.moderation.Cutting.Outcome;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.RuleFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockMatcherTest {

    private static HoldBack gate(String rules) {
        return new TextGate(new ChannelRules(RuleFile.parse("rules:\n" + rules), Channel.TEXT));
    }

    private static String whole(String rules, String text) {
        return Cutting.through(gate(rules), Cutting.whole(text)).text();
    }

    @Test
    void holdsExactlyWhatMayStillBecomeAMatch() {
        // Given
        HoldBack gate = gate("  - {id: a, literals: [secret]}");

        // When
        String shown = gate.append("the sec").text();
        String held = gate.held();
        String afterwards = gate.append("ond").text();

        // Then
        assertThat(shown).isEqualTo("the ");
        assertThat(held).isEqualTo("sec");
        assertThat(afterwards).isEqualTo("second");
        assertThat(gate.held()).isEmpty();
    }

    @Test
    void aWordIsHeldOnlyFromWhereAWordMayBegin() {
        // Given
        HoldBack gate = gate("  - {id: a, words: [secret]}");

        // When
        String shown = gate.append("outsec").text();

        // Then
        assertThat(shown).isEqualTo("outsec");
        assertThat(gate.append(" secret").text()).isEqualTo(" ");
        assertThat(gate.heldFor()).isEqualTo("a");
        assertThat(gate.append("ly").text()).isEqualTo("secretly");
    }

    @Test
    void aRepeatedMatchThatOverlapsItselfIsMaskedOnceAndHoldsNoMemory() {
        // Given
        HoldBack gate = gate("  - {id: a, literals: [aa], mask: '*'}");

        // When
        String shown =
                gate.append("xa").text() + gate.append("a".repeat(100_000)).text();

        // Then
        assertThat(shown).isEqualTo("x*");
        assertThat(gate.held()).isEmpty();
        assertThat(gate.append("y").text()).isEqualTo("y");
    }

    @Test
    void theLeftmostLongestMatchNamesTheMask() {
        // Given
        String rules = """
                  - {id: short, literals: [foo], mask: '<short>'}
                  - {id: long, literals: [foobar], mask: '<long>'}
                  - {id: right, literals: [barbara], mask: '<right>'}
                """;

        // Then
        assertThat(whole(rules, "a foobarbara z")).isEqualTo("a <long> z");
        assertThat(whole(rules, "a foobarb z")).isEqualTo("a <long>b z");
        assertThat(whole(rules, "a fooba z")).isEqualTo("a <short>ba z");
    }

    @Test
    void theFirstCertainMatchEndsTheAnswerWhatIsMaskedBeforeStaysMasked() {
        // Given
        String rules = """
                  - {id: stop, words: [halt], action: block}
                  - {id: hide, words: [name], mask: '*'}
                """;

        // When
        Outcome outcome = Cutting.through(gate(rules), Cutting.unitByUnit("my name, halt! name"));

        // Then
        assertThat(outcome).isEqualTo(new Outcome("my *, ", List.of("hide redact null", "stop block null")));
    }

    @Test
    void holdingMoreThanAllowedEndsTheAnswerAndNamesTheRule() {
        // Given
        String rules = "  - {id: wide, pattern: 'a[^z]{20}z', max_hold: 30}";
        String text = "bc a" + "\u200B\u0301".repeat(12) + "bcd" + "\u200B".repeat(10) + "efgh";

        // When
        Outcome whole = Cutting.through(gate(rules), Cutting.whole(text));
        Outcome cut = Cutting.through(gate(rules), Cutting.unitByUnit(text));

        // Then
        assertThat(whole.text()).isEqualTo("bc ");
        assertThat(whole.findings()).containsExactly("wide block more than 30 characters would have been held back");
        assertThat(cut).isEqualTo(whole);
    }

    @Test
    void runsOfInvisibleCharactersAreCutOff() {
        // When
        String shown = whole(
                "  - {id: a, literals: [secret]}",
                "x" + "\u200B".repeat(1000) + "y" + "\uD834\uDD73".repeat(100) + "z");

        // Then
        assertThat(shown).isEqualTo("x" + "\u200B".repeat(32) + "y" + "\uD834\uDD73".repeat(32) + "z");
    }

    @Test
    void surrogatePairsAreNeverCutAndLoneHalvesPass() {
        // Given
        HoldBack gate = gate("  - {id: a, literals: ['😀']}");

        // When
        String first = gate.append("x\uD83D").text();
        String second = gate.append("\uDE01y\uD83Dz\uDE00").text();

        // Then
        assertThat(first).isEqualTo("x");
        assertThat(second).isEqualTo("\uD83D\uDE01y\uD83Dz\uDE00");
        assertThat(gate.append("\uD83D").text() + gate.append("\uDE00").text()).isEqualTo("[a]");
    }

    @Test
    void onlyTheFirstTokensCountWhereARuleSaysSo() {
        // Given
        String rules =
                "  - {id: refusal, literals: [as an AI], first_tokens: 5, action: regenerate, instruction: answer}";

        // When
        Outcome early = Cutting.through(gate(rules), Cutting.unitByUnit("Well, as an AI I"));
        Outcome late = Cutting.through(gate(rules), Cutting.unitByUnit("Well, as I would say, as an AI I"));

        // Then
        assertThat(early).isEqualTo(new Outcome("Well, ", List.of("refusal regenerate null")));
        assertThat(late).isEqualTo(new Outcome("Well, as I would say, as an AI I", List.of()));
    }

    @Test
    void signsStandForLettersInsideWordsAndForThemselvesBesideThem() {
        // Given
        String rules = "  - {id: w, words: [idiot, fall, ass], mask: '*'}";

        // Then
        assertThat(whole(rules, "@idiot !diot 1d10t idiot! $idiot")).isEqualTo("@* * * *! $*");
        assertThat(whole(rules, "fail fa11 fall 455 Cl@ss a5s")).isEqualTo("fail * * 455 Cl@ss *");
    }

    @Test
    void leetMayBeSwitchedOff() {
        assertThat(whole("  - {id: w, words: [ass], leet: false, mask: '*'}", "A55 4ss ass ÄSS"))
                .isEqualTo("A55 4ss * *");
    }
}

package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.normalise.Readings;
import dev.tokentape.processor.moderation.rules.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Some of a list of rules, made into automata. Immutable, shared by all blocks. */
final class RuleAutomata {

    final @Nullable LiteralAutomaton literals;
    final @Nullable WordAutomaton words;
    final List<PatternAutomaton> patterns;

    /** @param rules the whole list; matches name their rule by its place in it */
    RuleAutomata(List<Rule> rules, Predicate<Rule> wanted) {
        List<Phrase> literalPhrases = new ArrayList<>();
        List<Phrase> wordPhrases = new ArrayList<>();
        List<PatternAutomaton.Entry> entries = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (wanted.test(rule)) {
                for (String literal : rule.literals()) {
                    phrases(i, literal, rule.leet(), literalPhrases);
                }
                for (String word : rule.words()) {
                    phrases(i, word, rule.leet(), wordPhrases);
                }
                for (Rule.Pattern pattern : rule.patterns()) {
                    entries.add(new PatternAutomaton.Entry(i, pattern.plain(), pattern.validator()));
                }
            }
        }
        literals = literalPhrases.isEmpty() ? null : new LiteralAutomaton(literalPhrases);
        words = wordPhrases.isEmpty() ? null : new WordAutomaton(wordPhrases);
        patterns = PatternAutomaton.of(entries);
    }

    boolean readsSkeletons() {
        return literals != null || words != null;
    }

    /**
     * Letters of other scripts may look like one ASCII letter in lower case and like another in upper case, so that a
     * phrase reads differently by its case.
     */
    private static void phrases(int rule, String text, boolean leet, List<Phrase> phrases) {
        String lower = text.toLowerCase(Locale.ROOT);
        String upper = text.toUpperCase(Locale.ROOT);
        int firstEnd = text.offsetByCodePoints(0, 1);
        String title = text.substring(0, firstEnd).toUpperCase(Locale.ROOT)
                + text.substring(firstEnd).toLowerCase(Locale.ROOT);
        List<int[]> known = new ArrayList<>();
        for (String form : List.of(text, lower, upper, title)) {
            int[] meant = Readings.SKELETON.read(form);
            if (known.stream().noneMatch(one -> Arrays.equals(one, meant))) {
                known.add(meant);
                phrases.add(new Phrase(rule, meant, leet));
            }
        }
    }
}

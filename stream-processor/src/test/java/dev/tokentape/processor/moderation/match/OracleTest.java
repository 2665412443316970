package dev.tokentape.processor.moderation.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Cutting;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.Rule;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the matcher with the slowest thing that could do the same: looks at every stretch of the whole text, by
 * {@link java.util.regex}, and masks all that any rule matches.
 */
class OracleTest {

    private static final List<String> PATTERNS = List.of(
            "ab?c",
            "\\ba{2,4}\\b",
            "(?:ab|b){1,3}c",
            "a[^b ]{0,3}a",
            "\\bc.{1,2}b",
            "b\\b",
            "(?:a|ab)(?:c|bcd)",
            "\\b[a-c]{3}-");
    private static final List<String> PHRASES = List.of("abc", "a b", "bb", "cab", "c-a", "aaaa", "-b", "abab");
    private static final String ALPHABET = "aaabbbcc -";

    static IntStream seeds() {
        return IntStream.range(0, 400);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void masksWhatAnyRuleMatchesAndNothingElse(int seed) {
        // Given
        Random random = new Random(seed);
        StringBuilder yaml = new StringBuilder("rules:\n");
        int rules = 1 + random.nextInt(5);
        for (int i = 0; i < rules; i++) {
            String what = switch (random.nextInt(3)) {
                case 0 -> "literals: ['" + PHRASES.get(random.nextInt(PHRASES.size())) + "']";
                case 1 -> "words: ['" + PHRASES.get(random.nextInt(PHRASES.size())) + "']";
                default -> "pattern: '" + PATTERNS.get(random.nextInt(PATTERNS.size())) + "'";
            };
            yaml.append("  - {id: r")
                    .append(i)
                    .append(", ")
                    .append(what)
                    .append(", mask: '<")
                    .append(i)
                    .append(">'}\n");
        }
        RuleSet set = RuleFile.parse(yaml.toString());
        ChannelRules channel = new ChannelRules(set, Channel.TEXT);
        for (int round = 0; round < 20; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(30);
            for (int i = 0; i < length; i++) {
                text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }

            // When
            String shown = Cutting.through(new TextGate(channel), Cutting.random(text.toString(), random.nextLong()))
                    .text();

            // Then
            assertThat(shown)
                    .as("seed %d, %s of %s", seed, text, yaml)
                    .isEqualTo(expected(text.toString(), set.rules()));
        }
    }

    /** A match: where, and of which rule. */
    private record Found(int start, int end, int rule) {}

    private static String expected(String text, List<Rule> rules) {
        List<Found> all = IntStream.range(0, rules.size())
                .boxed()
                .flatMap(rule -> matches(text, rules.get(rule), rule).stream())
                .toList();
        BitSet joined = new BitSet();
        BitSet covered = new BitSet();
        for (Found found : all) {
            covered.set(found.start, found.end);
            joined.set(found.start + 1, found.end);
        }
        StringBuilder shown = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            if (!covered.get(at)) {
                shown.append(text.charAt(at++));
                continue;
            }
            int start = at++;
            while (joined.get(at)) {
                at++;
            }
            Found first = all.stream()
                    .filter(found -> found.start == start)
                    .min((a, b) -> a.end != b.end ? b.end - a.end : a.rule - b.rule)
                    .orElseThrow();
            shown.append('<').append(first.rule).append('>');
        }
        return shown.toString();
    }

    private static List<Found> matches(String text, Rule rule, int number) {
        String expression = !rule.patterns().isEmpty()
                ? rule.patterns().getFirst().expression()
                : !rule.literals().isEmpty()
                        ? Pattern.quote(rule.literals().getFirst())
                        : wholeWord(rule.words().getFirst());
        Matcher matcher = Pattern.compile(expression).matcher(text).useTransparentBounds(true);
        return IntStream.range(0, text.length())
                .boxed()
                .flatMap(start -> IntStream.rangeClosed(start + 1, text.length())
                        .filter(end -> matcher.region(start, end).matches())
                        .mapToObj(end -> new Found(start, end, number)))
                .toList();
    }

    private static String wholeWord(String word) {
        String before = Character.isLetter(word.charAt(0)) ? "(?<![a-z])" : "";
        String after = Character.isLetter(word.charAt(word.length() - 1)) ? "(?![a-z])" : "";
        return before + Pattern.quote(word) + after;
    }
}

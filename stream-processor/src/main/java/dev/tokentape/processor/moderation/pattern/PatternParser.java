package dev.tokentape.processor.moderation.pattern;

import dev.tokentape.processor.moderation.normalise.Readings;
import dk.brics.automaton.Automaton;
import dk.brics.automaton.BasicAutomata;
import dk.brics.automaton.BasicOperations;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the part of the usual syntax of regular expressions that a finite automaton can follow, and whose matches are of
 * bounded length: characters, classes, groups, alternatives, {@code ?} and counted repeats, {@code \b \d \w \s .} and
 * {@code (?i)} at the beginning.
 */
final class PatternParser {

    /** Most automaton edges a pattern may unfold to. */
    private static final int MOST_PLACES = 20_000;

    private static final int DEEPEST = 100;

    private final String pattern;
    private final boolean ignoreCase;
    private int at;
    private int depth;

    /** A part of a pattern: what it matches, and how many places it unfolds to. */
    private record Part(Automaton automaton, long places) {}

    PatternParser(String pattern, boolean ignoreCase) {
        boolean flagged = pattern.startsWith("(?i)");
        this.pattern = pattern;
        this.ignoreCase = ignoreCase || flagged;
        this.at = flagged ? 4 : 0;
    }

    Automaton parse() throws PatternException {
        Part whole = alternatives();
        if (at < pattern.length()) {
            throw new PatternException("a closing parenthesis without an opening one", at);
        }
        return whole.automaton;
    }

    private Part alternatives() throws PatternException {
        if (++depth > DEEPEST) {
            throw new PatternException("groups are nested too deep", at);
        }
        List<Automaton> all = new ArrayList<>();
        long places = 0;
        do {
            Part next = sequence();
            all.add(next.automaton);
            places += next.places;
        } while (skip('|'));
        depth--;
        return new Part(all.size() == 1 ? all.getFirst() : BasicOperations.union(all), bounded(places));
    }

    private Part sequence() throws PatternException {
        List<Automaton> all = new ArrayList<>();
        long places = 0;
        while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            Part next = repeated();
            all.add(next.automaton);
            places += next.places;
        }
        return all.isEmpty()
                ? new Part(BasicAutomata.makeEmptyString(), 0)
                : new Part(BasicOperations.concatenate(all), bounded(places));
    }

    private Part repeated() throws PatternException {
        Part part = single();
        while (at < pattern.length()) {
            int begin = at;
            switch (pattern.charAt(at)) {
                case '?' -> {
                    at++;
                    part = new Part(BasicOperations.optional(part.automaton), part.places);
                }
                case '*', '+' -> throw unbounded(String.valueOf(pattern.charAt(at)), begin);
                case '{' -> {
                    at++;
                    int least = number(begin);
                    int most = least;
                    if (skip(',')) {
                        if (at < pattern.length() && pattern.charAt(at) == '}') {
                            throw unbounded("{" + least + ",}", begin);
                        }
                        most = number(begin);
                    }
                    if (!skip('}') || most < least) {
                        throw new PatternException("a repeat must read {n} or {n,m} with n not above m", begin);
                    }
                    long places = bounded(part.places * Math.max(1, most));
                    part = new Part(BasicOperations.repeat(part.automaton, least, most), places);
                }
                default -> {
                    return part;
                }
            }
        }
        return part;
    }

    private static PatternException unbounded(String repeat, int position) {
        return new PatternException(
                "the repeat " + repeat
                        + " has no upper bound, so that text could be held for ever; write {0,64} or the like",
                position);
    }

    private Part single() throws PatternException {
        int begin = at;
        int character = pattern.codePointAt(at);
        at += Character.charCount(character);
        return switch (character) {
            case '(' -> group(begin);
            case '[' -> place(characterClass(begin));
            case '.' -> place(SymbolSet.anyButNewline());
            case '\\' -> escaped(begin);
            case '*', '+', '?', '{' -> throw new PatternException("a repeat of nothing", begin);
            case '^', '$' ->
                throw new PatternException(
                        "^ and $ are not known; use \\b for the edge of a word, or write \\" + (char) character, begin);
            default -> literal(character, begin);
        };
    }

    private Part group(int begin) throws PatternException {
        if (skip('?') && !skip(':')) {
            throw new PatternException(
                    "of the groups with (? only (?:…) is known, and (?i) at the pattern's beginning", begin);
        }
        Part inner = alternatives();
        if (!skip(')')) {
            throw new PatternException("a group is not closed", begin);
        }
        return inner;
    }

    private Part escaped(int begin) throws PatternException {
        if (at == pattern.length()) {
            throw new PatternException("a backslash at the end", begin);
        }
        char escape = pattern.charAt(at);
        if (escape == 'b') {
            at++;
            return new Part(BasicAutomata.makeChar(PlainPattern.BOUNDARY), 1);
        }
        SymbolSet set = shorthand(escape);
        if (set != null) {
            at++;
            return place(set);
        }
        return literal(escapedCodePoint(begin), begin);
    }

    private static @Nullable SymbolSet shorthand(char escape) {
        SymbolSet set = switch (escape) {
            case 'd', 'D' -> SymbolSet.digits();
            case 'w', 'W' -> SymbolSet.wordCharacters();
            case 's', 'S' -> SymbolSet.spaces();
            default -> null;
        };
        if (set != null && Character.isUpperCase(escape)) {
            set.invert();
        }
        return set;
    }

    private int escapedCodePoint(int begin) throws PatternException {
        char escape = pattern.charAt(at++);
        return switch (escape) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'u' -> hexadecimal(4, begin);
            case 'x' -> hexadecimal(2, begin);
            default -> {
                if (Character.isLetterOrDigit(escape)) {
                    throw new PatternException("the escape \\" + escape + " is not known", begin);
                }
                yield escape;
            }
        };
    }

    private int hexadecimal(int digits, int begin) throws PatternException {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < pattern.length() ? Character.digit(pattern.charAt(at++), 16) : -1;
            if (digit < 0) {
                throw new PatternException("\\u needs four hexadecimal digits, \\x two", begin);
            }
            value = value * 16 + digit;
        }
        return value;
    }

    private SymbolSet characterClass(int begin) throws PatternException {
        boolean inverted = skip('^');
        SymbolSet set = new SymbolSet();
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            int from = at;
            if (pattern.startsWith("\\", at)
                    && at + 1 < pattern.length()
                    && shorthand(pattern.charAt(at + 1)) instanceof SymbolSet all) {
                at += 2;
                set.addAll(all);
                continue;
            }
            int first = classMember(from);
            int last = first;
            if (at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
                at++;
                last = classMember(at);
            }
            if (last < first || !set.addRange(first, last)) {
                throw new PatternException(
                        "a range that is empty, or holds a character that is read as none or several", from);
            }
        }
        if (!skip(']') || set.isEmpty()) {
            throw new PatternException("a class of characters is empty or not closed", begin);
        }
        if (ignoreCase) {
            set.addOtherCases();
        }
        if (inverted) {
            set.invert();
        }
        return set;
    }

    private int classMember(int from) throws PatternException {
        int character = pattern.codePointAt(at);
        at += Character.charCount(character);
        if (character == '\\') {
            if (at == pattern.length() || pattern.charAt(at) == 'b') {
                throw new PatternException("no such escape in a class of characters", from);
            }
            return escapedCodePoint(from);
        }
        return character;
    }

    private Part literal(int codePoint, int begin) throws PatternException {
        List<Automaton> all = new ArrayList<>();
        for (int symbol : Readings.PLAIN.read(Character.toString(codePoint))) {
            if (symbol > Character.MAX_VALUE) {
                throw new PatternException("characters above U+FFFF cannot be named in a pattern; use literals", begin);
            }
            SymbolSet set = SymbolSet.of(Character.toString(symbol));
            if (ignoreCase) {
                set.addOtherCases();
            }
            all.add(set.automaton());
        }
        if (all.isEmpty()) {
            throw new PatternException("a character that is invisible, and therefore never seen by rules", begin);
        }
        return new Part(BasicOperations.concatenate(all), all.size());
    }

    private static Part place(SymbolSet set) {
        return new Part(set.automaton(), 1);
    }

    private boolean skip(char expected) {
        if (at < pattern.length() && pattern.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private int number(int begin) throws PatternException {
        int value = 0;
        int digits = 0;
        while (at < pattern.length() && Character.digit(pattern.charAt(at), 10) >= 0 && digits++ < 5) {
            value = value * 10 + Character.digit(pattern.charAt(at++), 10);
        }
        if (digits == 0) {
            throw new PatternException("a repeat must read {n} or {n,m}", begin);
        }
        return value;
    }

    private long bounded(long places) throws PatternException {
        if (places > MOST_PLACES) {
            throw new PatternException("the pattern unfolds to more than " + MOST_PLACES + " places");
        }
        return places;
    }
}

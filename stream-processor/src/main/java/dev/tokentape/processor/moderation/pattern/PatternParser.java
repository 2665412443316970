package dev.tokentape.processor.moderation.pattern;

import dev.tokentape.processor.moderation.normalise.Readings;
import dk.brics.automaton.Automaton;
import dk.brics.automaton.BasicAutomata;
import dk.brics.automaton.BasicOperations;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the part of the usual syntax of regular expressions that a finite automaton can follow, and whose matches are
 * of bounded length: characters, classes, groups, alternatives, {@code ?} and counted repeats, {@code \b \d \w \s .}
 * and {@code (?i)} at the beginning. Repeats without an upper bound only where matches have one of their own.
 */
final class PatternParser {

    /** Most automaton edges a pattern may unfold to. */
    private static final int MOST_PLACES = 50_000;

    private static final int DEEPEST = 100;
    private static final int MOST_CHARACTERS = 4_000;
    /** What a class of characters costs, however small it is. */
    private static final int WORK_OF_A_PLACE = 16;

    private final String pattern;
    private final boolean ignoreCase;
    private final boolean mayBeUnbounded;
    private final PatternBudget budget;
    private boolean unbounded;
    private int at;
    private int depth;

    /**
     * A part of a pattern.
     *
     * @param places automaton edges that it unfolds to
     * @param firsts edges that it may begin with
     * @param accepts states that it may end in
     */
    private record Part(Automaton automaton, long places, long firsts, long accepts, boolean nullable) {

        static Part nothing() {
            return new Part(BasicAutomata.makeEmptyString(), 0, 0, 1, true);
        }
    }

    /** @param mayBeUnbounded whether repeats need no upper bound, since matches have one */
    PatternParser(String pattern, boolean ignoreCase, boolean mayBeUnbounded, PatternBudget budget) {
        boolean flagged = pattern.startsWith("(?i)");
        this.pattern = pattern;
        this.ignoreCase = ignoreCase || flagged;
        this.mayBeUnbounded = mayBeUnbounded;
        this.budget = budget;
        this.at = flagged ? 4 : 0;
    }

    /** Whether it has repeats without an upper bound. */
    boolean isUnbounded() {
        return unbounded;
    }

    Automaton parse() throws PatternException {
        if (pattern.length() > MOST_CHARACTERS) {
            throw new PatternException("the pattern has more than " + MOST_CHARACTERS + " characters");
        }
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
        long firsts = 0;
        long accepts = 0;
        boolean nullable = false;
        do {
            Part next = sequence();
            all.add(next.automaton);
            places = bounded(places + next.places);
            firsts += next.firsts;
            accepts += next.accepts;
            nullable |= next.nullable;
        } while (skip('|'));
        depth--;
        Automaton automaton = all.size() == 1 ? all.getFirst() : BasicOperations.union(all);
        return new Part(automaton, bounded(places + firsts), firsts, accepts, nullable);
    }

    private Part sequence() throws PatternException {
        List<Automaton> all = new ArrayList<>();
        Part sum = Part.nothing();
        while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            Part next = repeated();
            all.add(next.automaton);
            sum = sum(sum, next);
        }
        return all.isEmpty()
                ? sum
                : new Part(BasicOperations.concatenate(all), sum.places, sum.firsts, sum.accepts, sum.nullable);
    }

    /** What one part behind another unfolds to: every end of the first is joined to every beginning of the second. */
    private Part sum(Part one, Part next) throws PatternException {
        long places = bounded(one.places + next.places + one.accepts * next.firsts);
        budget.spend(next.places + one.accepts * next.firsts);
        return new Part(
                one.automaton,
                places,
                one.firsts + (one.nullable ? next.firsts : 0),
                next.accepts + (next.nullable ? one.accepts : 0),
                one.nullable && next.nullable);
    }

    private Part repeated() throws PatternException {
        Part part = single();
        while (at < pattern.length()) {
            int begin = at;
            switch (pattern.charAt(at)) {
                case '?' -> {
                    at++;
                    part = new Part(
                            BasicOperations.optional(part.automaton),
                            bounded(part.places + part.firsts),
                            part.firsts,
                            part.accepts + 1,
                            true);
                }
                case '*', '+' -> {
                    part = unbounded(part, pattern.charAt(at) == '*' ? 0 : 1, pattern.substring(at, at + 1), begin);
                    at++;
                }
                case '{' -> {
                    at++;
                    int least = number(begin);
                    int most = least;
                    if (skip(',')) {
                        if (skip('}')) {
                            part = unbounded(part, least, "{" + least + ",}", begin);
                            continue;
                        }
                        most = number(begin);
                    }
                    if (!skip('}') || most < least) {
                        throw new PatternException("a repeat must read {n} or {n,m} with n not above m", begin);
                    }
                    Part sum = unfolded(part, least, most);
                    part = new Part(
                            BasicOperations.repeat(part.automaton, least, most),
                            sum.places,
                            sum.firsts,
                            sum.accepts,
                            sum.nullable);
                }
                default -> {
                    return part;
                }
            }
        }
        return part;
    }

    private Part unbounded(Part part, int least, String repeat, int position) throws PatternException {
        if (!mayBeUnbounded) {
            throw new PatternException(
                    "the repeat " + repeat
                            + " has no upper bound, so that text could be held for ever; write {0,64} or the "
                            + "like, or give the rule a max_match",
                    position);
        }
        unbounded = true;
        Part sum = unfolded(part, least, least + 2);
        return new Part(
                BasicOperations.repeat(part.automaton, least), sum.places, sum.firsts, sum.accepts, sum.nullable);
    }

    private Part unfolded(Part part, int least, int most) throws PatternException {
        Part sum = Part.nothing();
        long ends = 1;
        for (int i = 0; i < most; i++) {
            sum = sum(sum, part);
            ends = bounded(ends + part.accepts);
        }
        return new Part(
                sum.automaton, sum.places, sum.firsts, least == most ? sum.accepts : ends, least == 0 || sum.nullable);
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
            return new Part(BasicAutomata.makeChar(PlainPattern.BOUNDARY), 1, 1, 1, false);
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
            budget.spend(Math.max(0, last - first));
            if (last < first || !set.addRange(first, last)) {
                throw new PatternException(
                        "a range that is empty, or holds a character that is read as none or several", from);
            }
        }
        if (!skip(']') || set.isEmpty()) {
            throw new PatternException("a class of characters is empty or not closed", begin);
        }
        if (ignoreCase) {
            budget.spend(set.size());
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
            budget.spend(WORK_OF_A_PLACE);
            SymbolSet set = SymbolSet.of(Character.toString(symbol));
            if (ignoreCase) {
                set.addOtherCases();
            }
            all.add(set.automaton());
        }
        if (all.isEmpty()) {
            throw new PatternException("a character that is invisible, and therefore never seen by rules", begin);
        }
        return new Part(BasicOperations.concatenate(all), all.size() * 2L, 2, 1, false);
    }

    private Part place(SymbolSet set) throws PatternException {
        budget.spend(WORK_OF_A_PLACE);
        Automaton automaton = set.automaton();
        long edges = bounded(automaton.getInitialState().getTransitions().size());
        return new Part(automaton, edges, edges, 1, false);
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

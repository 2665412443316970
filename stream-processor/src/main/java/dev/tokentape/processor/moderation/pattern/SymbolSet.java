package dev.tokentape.processor.moderation.pattern;

import dev.tokentape.processor.moderation.normalise.Readings;
import dev.tokentape.processor.moderation.normalise.SymbolMap;
import dk.brics.automaton.Automaton;
import dk.brics.automaton.State;
import dk.brics.automaton.Transition;
import java.util.BitSet;

/** The symbols that one place of a pattern allows. */
final class SymbolSet {

    private final BitSet members = new BitSet();

    static SymbolSet of(String characters) {
        SymbolSet set = new SymbolSet();
        characters.chars().forEach(set.members::set);
        return set;
    }

    static SymbolSet digits() {
        return of("0123456789");
    }

    static SymbolSet wordCharacters() {
        SymbolSet set = digits();
        set.members.set('a', 'z' + 1);
        set.members.set('A', 'Z' + 1);
        set.members.set('_');
        return set;
    }

    static SymbolSet spaces() {
        return of(" \t\n\u000B\f\r\u0085\u2028\u2029");
    }

    static SymbolSet anyButNewline() {
        SymbolSet newline = of("\n");
        newline.invert();
        return newline;
    }

    /** Adds what a range of code points is read as; false where one of them is read as several symbols or as none. */
    boolean addRange(int first, int last) {
        for (int codePoint = first; codePoint <= last; codePoint++) {
            int symbol = Readings.PLAIN.lookup(codePoint);
            if (symbol <= SymbolMap.NOTHING || symbol > Character.MAX_VALUE) {
                return false;
            }
            members.set(symbol);
        }
        return true;
    }

    void addAll(SymbolSet other) {
        members.or(other.members);
    }

    void addOtherCases() {
        BitSet more = new BitSet();
        members.stream().forEach(symbol -> {
            more.set(Character.toLowerCase(symbol));
            more.set(Character.toUpperCase(symbol));
        });
        members.or(more);
    }

    void invert() {
        members.flip(0, PlainPattern.BOUNDARY);
        members.clear(PlainPattern.BOUNDARY);
    }

    int size() {
        return members.cardinality();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    Automaton automaton() {
        State from = new State();
        State to = new State();
        to.setAccept(true);
        for (int first = members.nextSetBit(0); first >= 0; ) {
            int end = members.nextClearBit(first);
            from.addTransition(new Transition((char) first, (char) (end - 1), to));
            first = members.nextSetBit(end);
        }
        Automaton automaton = new Automaton();
        automaton.setInitialState(from);
        automaton.setDeterministic(true);
        return automaton;
    }
}

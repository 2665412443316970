package dev.tokentape.processor.moderation.pattern;

import dk.brics.automaton.Automaton;
import dk.brics.automaton.State;
import dk.brics.automaton.Transition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A regular expression as a deterministic automaton over plain symbols and {@link #BOUNDARY}.
 *
 * @param automaton passes over boundaries that it does not ask for
 * @param longest most symbols of a match
 */
public record PlainPattern(Automaton automaton, int longest) {

    /** Stands in the stream of symbols wherever a word begins or ends. */
    public static final char BOUNDARY = '\uFFFF';

    /** Stands for every symbol above U+FFFF. */
    public static final char BEYOND = '\uFFFE';

    /** @throws PatternException if the expression is wrong, matches nothing, or may match the empty text */
    public static PlainPattern compile(String expression, boolean ignoreCase) throws PatternException {
        Automaton automaton = new PatternParser(expression, ignoreCase).parse();
        automaton.determinize();
        automaton.removeDeadTransitions();
        if (automaton.isEmpty()) {
            throw new PatternException("the pattern matches nothing");
        }
        if (isNullable(automaton)) {
            throw new PatternException("the pattern matches the empty text");
        }
        int longest = longest(automaton.getInitialState(), new HashMap<>());
        for (State state : automaton.getStates()) {
            state.addTransition(new Transition(BOUNDARY, state));
        }
        automaton.setDeterministic(false);
        automaton.determinize();
        automaton.removeDeadTransitions();
        return new PlainPattern(automaton, longest);
    }

    private static boolean isNullable(Automaton automaton) {
        Set<State> seen = new HashSet<>();
        State state = automaton.getInitialState();
        while (state != null && seen.add(state)) {
            if (state.isAccept()) {
                return true;
            }
            state = state.step(BOUNDARY);
        }
        return false;
    }

    /** Iterative, since counted repeats make long chains. */
    private static int longest(State initial, Map<State, Integer> known) {
        java.util.ArrayDeque<State> open = new java.util.ArrayDeque<>();
        open.push(initial);
        while (!open.isEmpty()) {
            State state = open.peek();
            int longest = 0;
            boolean ready = true;
            for (Transition transition : state.getTransitions()) {
                Integer further = known.get(transition.getDest());
                if (further == null) {
                    open.push(transition.getDest());
                    ready = false;
                } else {
                    boolean symbol = transition.getMin() != BOUNDARY;
                    longest = Math.max(longest, further + (symbol ? 1 : 0));
                }
            }
            if (ready) {
                open.pop();
                known.put(state, longest);
            }
        }
        return known.getOrDefault(initial, 0);
    }
}

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
 * @param automaton passes over boundaries that it does not ask for; may have cycles, and then accepts what is longer
 *     than {@code longest} too
 * @param longest most symbols of a match
 * @param states of the automaton
 */
public record PlainPattern(Automaton automaton, int longest, int states) {

    /** Stands in the stream of symbols wherever a word begins or ends. */
    public static final char BOUNDARY = '\uFFFF';

    /** Stands for every symbol above U+FFFF. */
    public static final char BEYOND = '\uFFFE';

    /** Places in the table that the automaton becomes: states by symbols that it tells apart. */
    private static final long MOST_CELLS = 4_000_000;

    /** @throws PatternException if the expression is wrong, too large, matches nothing, or may match the empty text */
    public static PlainPattern compile(String expression, boolean ignoreCase) throws PatternException {
        return compile(expression, ignoreCase, 0, new PatternBudget());
    }

    /**
     * @param maxMatch most symbols of a match, which lets repeats be without an upper bound; 0 for as many as the
     *     expression says
     * @param budget of the file that the expression stands in
     * @throws PatternException if the expression is wrong, too large, matches nothing, or may match the empty text
     */
    public static PlainPattern compile(String expression, boolean ignoreCase, int maxMatch, PatternBudget budget)
            throws PatternException {
        budget.begin();
        PatternParser parser = new PatternParser(expression, ignoreCase, maxMatch > 0, budget);
        Automaton automaton = Determiniser.determinised(parser.parse(), budget);
        if (automaton.isEmpty()) {
            throw new PatternException("the pattern matches nothing");
        }
        if (isNullable(automaton)) {
            throw new PatternException("the pattern matches the empty text");
        }
        int longest = parser.isUnbounded() ? maxMatch : longest(automaton.getInitialState(), new HashMap<>());
        for (State state : automaton.getStates()) {
            state.addTransition(new Transition(BOUNDARY, state));
        }
        automaton.setDeterministic(false);
        Automaton passing = Determiniser.determinised(automaton, budget);
        int states = passing.getNumberOfStates();
        if (states * symbolClasses(passing) > MOST_CELLS) {
            throw new PatternException("the pattern tells too many characters apart in too many states");
        }
        return new PlainPattern(passing, maxMatch == 0 ? longest : Math.min(longest, maxMatch), states);
    }

    private static long symbolClasses(Automaton automaton) {
        Set<Integer> points = new HashSet<>();
        for (State state : automaton.getStates()) {
            for (Transition transition : state.getTransitions()) {
                points.add((int) transition.getMin());
                points.add(transition.getMax() + 1);
            }
        }
        return points.size() + 3L;
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

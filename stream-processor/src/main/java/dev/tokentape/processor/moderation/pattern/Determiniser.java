package dev.tokentape.processor.moderation.pattern;

import dk.brics.automaton.Automaton;
import dk.brics.automaton.State;
import dk.brics.automaton.Transition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The subset construction with bounds. The library's own has none, and some patterns of twenty characters have a
 * million subsets.
 */
final class Determiniser {

    /** States of one pattern's automaton. */
    static final int MOST_STATES = 10_000;

    private final PatternBudget budget;
    private final List<State> before = new ArrayList<>();
    private final Map<State, Integer> numbers = new IdentityHashMap<>();
    private final Map<Subset, State> made = new HashMap<>();
    private final List<Subset> open = new ArrayList<>();

    /** Numbers of states, ascending. */
    private record Subset(int[] members) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Subset(int[] those) && Arrays.equals(members, those);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(members);
        }
    }

    private Determiniser(PatternBudget budget) {
        this.budget = budget;
    }

    /** The same language, by a deterministic automaton without dead ends. */
    static Automaton determinised(Automaton automaton, PatternBudget budget) throws PatternException {
        return new Determiniser(budget).run(automaton);
    }

    private Automaton run(Automaton automaton) throws PatternException {
        number(automaton.getInitialState());
        for (int i = 0; i < before.size(); i++) {
            for (Transition transition : before.get(i).getTransitions()) {
                number(transition.getDest());
            }
        }
        Automaton result = new Automaton();
        result.setInitialState(made(new int[] {0}));
        for (int i = 0; i < open.size(); i++) {
            expand(open.get(i));
        }
        result.setDeterministic(true);
        result.removeDeadTransitions();
        return result;
    }

    private void number(State state) {
        if (numbers.putIfAbsent(state, before.size()) == null) {
            before.add(state);
        }
    }

    private State made(int[] members) throws PatternException {
        Subset subset = new Subset(members);
        State known = made.get(subset);
        if (known != null) {
            return known;
        }
        if (made.size() == MOST_STATES) {
            throw new PatternException(
                    ("the pattern needs more than %,d states; give its repeats smaller bounds, or write "
                                    + "what may follow more exactly")
                            .formatted(MOST_STATES));
        }
        State state = new State();
        state.setAccept(Arrays.stream(members).anyMatch(i -> before.get(i).isAccept()));
        made.put(subset, state);
        open.add(subset);
        return state;
    }

    /** Sweeps over the symbols at which some transition begins or ends. */
    private void expand(Subset subset) throws PatternException {
        NavigableMap<Integer, List<Integer>> begins = new TreeMap<>();
        NavigableMap<Integer, List<Integer>> ends = new TreeMap<>();
        for (int member : subset.members) {
            for (Transition transition : before.get(member).getTransitions()) {
                budget.spend(1);
                int to = numbers.getOrDefault(transition.getDest(), 0);
                begins.computeIfAbsent((int) transition.getMin(), _ -> new ArrayList<>())
                        .add(to);
                ends.computeIfAbsent(transition.getMax() + 1, _ -> new ArrayList<>())
                        .add(to);
                begins.computeIfAbsent(transition.getMax() + 1, _ -> new ArrayList<>());
            }
        }
        State from = made(subset.members);
        Map<Integer, Integer> counts = new HashMap<>();
        BitSet active = new BitSet();
        for (Map.Entry<Integer, List<Integer>> point : begins.entrySet()) {
            for (int to : ends.getOrDefault(point.getKey(), List.of())) {
                if (counts.merge(to, -1, Integer::sum) == 0) {
                    active.clear(to);
                }
            }
            for (int to : point.getValue()) {
                counts.merge(to, 1, Integer::sum);
                active.set(to);
            }
            Integer next = begins.higherKey(point.getKey());
            if (next != null && !active.isEmpty()) {
                budget.spend(1 + active.cardinality());
                from.addTransition(new Transition(
                        (char) (int) point.getKey(),
                        (char) (next - 1),
                        made(active.stream().toArray())));
            }
        }
    }
}

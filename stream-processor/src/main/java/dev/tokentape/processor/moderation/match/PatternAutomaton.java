package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.normalise.Readings;
import dev.tokentape.processor.moderation.pattern.PlainPattern;
import dev.tokentape.processor.moderation.validate.Validator;
import dk.brics.automaton.State;
import dk.brics.automaton.Transition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Several patterns as one deterministic automaton that knows which of them it has matched: one step follows all
 * patterns that may have begun at one place.
 */
final class PatternAutomaton {

    private static final int DEAD = 0;
    /** States of all patterns that are put together. */
    private static final int MOST_STATES = 20_000;
    /** Work that one attempt at putting patterns together may cause; patterns that multiply are kept apart. */
    private static final long MOST_WORK = 1_000_000;
    /** Work of all attempts for one list of patterns; what is not together by then is kept apart. */
    private static final long MOST_WORK_OF_A_LIST = 6_000_000;

    private static final Entry[] NONE = {};

    private final SymbolClasses classes;
    private final int classCount;
    private final int[] edges;
    private final Entry[][] accepted;
    private final int[] owners;
    /** States after which no further symbol can lead to a match, though they may be matches themselves. */
    private final boolean[] last;
    /** Most symbols of any match that a state may lead to. */
    private final int[] longest;

    private final int start;
    private final int startAtBoundary;

    /** A pattern, the place of its rule in the list of rules, and what judges its matches. */
    record Entry(int rule, PlainPattern pattern, @Nullable Validator validator) {}

    private PatternAutomaton(Building built) {
        classes = built.classes;
        classCount = classes.count();
        edges = built.edges.stream().flatMapToInt(Arrays::stream).toArray();
        accepted = built.accepted.toArray(Entry[][]::new);
        owners = built.owners.stream().mapToInt(Integer::intValue).toArray();
        start = 1;
        startAtBoundary = edges[start * classCount + classes.boundary()];
        longest = built.longest.stream().mapToInt(Integer::intValue).toArray();
        last = new boolean[accepted.length];
        for (int state = 0; state < last.length; state++) {
            last[state] = true;
            for (int of = 0; of < classCount; of++) {
                int to = edges[state * classCount + of];
                last[state] &= to == DEAD || to == state && of == classes.boundary();
            }
        }
    }

    /** As few automata as keep each below a bound on its size. */
    static List<PatternAutomaton> of(List<Entry> entries) {
        List<PatternAutomaton> all = new ArrayList<>();
        if (!entries.isEmpty()) {
            put(entries, MOST_WORK_OF_A_LIST, all);
        }
        return all;
    }

    /** @return the work that is left */
    private static long put(List<Entry> entries, long work, List<PatternAutomaton> all) {
        long states =
                entries.stream().mapToLong(entry -> entry.pattern().states()).sum();
        long left = work;
        boolean single = entries.size() == 1;
        if (single || states <= MOST_STATES && left > 0) {
            Building building = new Building(entries);
            boolean complete = building.complete(
                    single ? Long.MAX_VALUE : 4 * states, single ? Long.MAX_VALUE : Math.min(left, MOST_WORK));
            left -= single ? 0 : building.work;
            if (complete) {
                all.add(new PatternAutomaton(building));
                return left;
            }
        }
        int middle = entries.size() / 2;
        left = put(entries.subList(0, middle), left, all);
        return put(entries.subList(middle, entries.size()), left, all);
    }

    Engine engine(SymbolWindow window, Engine.Sink sink) {
        return new Run(window, sink);
    }

    /** The product of the patterns' automata, as far as it can be reached. */
    private static final class Building {
        private final List<Entry> entries;
        private final SymbolClasses classes;
        private final Map<List<Part>, Integer> numbers = new HashMap<>();
        private final List<List<Part>> products = new ArrayList<>();
        private final List<int[]> edges = new ArrayList<>();
        private final List<Entry[]> accepted = new ArrayList<>();
        private final List<Integer> owners = new ArrayList<>();
        private final List<Integer> longest = new ArrayList<>();
        private long work;

        /** A pattern that is still alive, and its state; states are compared by identity. */
        private record Part(int entry, State state) {
            @Override
            public boolean equals(Object other) {
                return other instanceof Part(int thatEntry, State thatState)
                        && thatEntry == entry
                        && thatState == state;
            }

            @Override
            public int hashCode() {
                return entry * 31 + System.identityHashCode(state);
            }
        }

        Building(List<Entry> entries) {
            this.entries = entries;
            TreeSet<Integer> points = new TreeSet<>();
            for (Entry entry : entries) {
                for (State state : entry.pattern().automaton().getStates()) {
                    for (Transition transition : state.getTransitions()) {
                        points.add((int) transition.getMin());
                        points.add(transition.getMax() + 1);
                    }
                }
            }
            this.classes = new SymbolClasses(points);
        }

        boolean complete(long mostStates, long mostWork) {
            number(List.of());
            List<Part> initial = new ArrayList<>();
            for (int i = 0; i < entries.size(); i++) {
                initial.add(new Part(i, entries.get(i).pattern().automaton().getInitialState()));
            }
            number(initial);
            for (int next = 0; next < products.size(); next++) {
                work += (long) classes.count() * Math.max(1, products.get(next).size());
                if (products.size() > mostStates || work > mostWork) {
                    return false;
                }
                List<List<Part>> to = new ArrayList<>(classes.count());
                for (int of = 0; of < classes.count(); of++) {
                    to.add(new ArrayList<>(1));
                }
                for (Part part : products.get(next)) {
                    for (Transition transition : part.state.getTransitions()) {
                        int lastClass = classes.ofEdge(transition.getMax());
                        for (int of = classes.ofEdge(transition.getMin()); of <= lastClass; of++) {
                            to.get(of).add(new Part(part.entry, transition.getDest()));
                        }
                    }
                }
                edges.add(to.stream().mapToInt(this::number).toArray());
            }
            return true;
        }

        private int number(List<Part> product) {
            Integer known = numbers.get(product);
            if (known != null) {
                return known;
            }
            numbers.put(product, products.size());
            products.add(product);
            Entry[] matched = product.stream()
                    .filter(part -> part.state.isAccept())
                    .map(part -> entries.get(part.entry))
                    .toArray(Entry[]::new);
            accepted.add(matched.length == 0 ? NONE : matched);
            longest.add(product.stream()
                    .mapToInt(part -> entries.get(part.entry).pattern().longest())
                    .max()
                    .orElse(0));
            owners.add(
                    product.isEmpty()
                            ? -1
                            : entries.get(product.getFirst().entry).rule());
            return products.size() - 1;
        }
    }

    private final class Run implements Engine {
        private final SymbolWindow window;
        private final Sink sink;
        private final LiveStarts live = new LiveStarts();
        private boolean inWord;
        private boolean begins;

        Run(SymbolWindow window, Sink sink) {
            this.window = window;
            this.sink = sink;
        }

        @Override
        public void take(int symbol, long index) {
            boolean word = Readings.isWord(symbol);
            int from = start;
            if (word != inWord) {
                from = startAtBoundary;
                boundary(index);
                inWord = word;
            } else if (begins && word) {
                from = startAtBoundary;
            }
            begins = false;
            int of = classes.of(symbol);
            if (live.count() > 0) {
                int kept = 0;
                for (int i = 0; i < live.count(); i++) {
                    int to = edges[live.state(i) * classCount + of];
                    if (to != DEAD) {
                        kept = reached(live.start(i), to, index + 1, kept);
                    }
                }
                live.truncate(kept);
            }
            int to = edges[from * classCount + of];
            if (to != DEAD) {
                live.add(index, to);
                live.truncate(reached(index, to, index + 1, live.count() - 1));
            }
        }

        private void boundary(long index) {
            int kept = 0;
            for (int i = 0; i < live.count(); i++) {
                int before = live.state(i);
                int to = edges[before * classCount + classes.boundary()];
                if (to == before) {
                    live.set(kept++, live.start(i), to);
                } else if (to != DEAD) {
                    kept = reached(live.start(i), to, index, kept);
                }
            }
            live.truncate(kept);
        }

        private int reached(long begin, int state, long end, int kept) {
            tell(begin, state, end);
            if (last[state] || end - begin > longest[state]) {
                return kept;
            }
            live.set(kept, begin, state);
            return kept + 1;
        }

        private void tell(long begin, int state, long end) {
            for (Entry entry : accepted[state]) {
                if (end - begin <= entry.pattern().longest()
                        && (entry.validator() == null || entry.validator().accepts(window.text(begin, end)))) {
                    sink.found(entry.rule(), begin, end);
                }
            }
        }

        /** What the word's end completes is told; the live starts stay where they are, for the word may go on. */
        @Override
        public void seam(long index) {
            for (int i = 0; inWord && i < live.count(); i++) {
                int to = edges[live.state(i) * classCount + classes.boundary()];
                if (to != live.state(i)) {
                    tell(live.start(i), to, index);
                }
            }
            begins = true;
        }

        @Override
        public void end(long index) {
            if (inWord) {
                boundary(index);
            }
            live.truncate(0);
            inWord = false;
        }

        @Override
        public long earliest(long next) {
            return live.count() == 0 ? next : live.start(0);
        }

        @Override
        public int owner() {
            return owners[live.state(0)];
        }
    }
}

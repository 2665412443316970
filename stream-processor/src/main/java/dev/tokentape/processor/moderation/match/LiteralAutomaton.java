package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.normalise.Leet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Aho and Corasick's automaton (1975): finds literals anywhere in a text, in time that does not depend on their number.
 *
 * <p>Its state is the longest suffix of the text that is a prefix of some literal. A literal that begins at s and is
 * not over yet is such a prefix itself, so the state is at least as deep as the way from s: what lies before the
 * state's beginning can be released.
 */
final class LiteralAutomaton {

    private final List<Phrase> phrases;
    private final Trie trie = new Trie();
    private final int[] fail;
    /** The node or the nearest suffix of it where literals end; 0 if none. */
    private final int[] output;
    /** The node or the longest suffix of it that can still become longer. */
    private final int[] live;

    LiteralAutomaton(List<Phrase> phrases) {
        this.phrases = List.copyOf(phrases);
        for (int i = 0; i < phrases.size(); i++) {
            trie.add(i, phrases.get(i).rule(), phrases.get(i).meant());
        }
        int nodes = trie.size();
        fail = new int[nodes];
        output = new int[nodes];
        live = new int[nodes];
        boolean[] inner = new boolean[nodes];
        for (int node = 1; node < nodes; node++) {
            inner[trie.parentOf(node)] = true;
        }
        for (int node : breadthFirst(nodes)) {
            int parent = trie.parentOf(node);
            fail[node] = parent == 0 ? 0 : next(fail[parent], trie.symbolOf(node));
            output[node] = trie.phrasesAt(node).length > 0 ? node : output[fail[node]];
            live[node] = inner[node] ? node : live[fail[node]];
        }
    }

    private int[] breadthFirst(int nodes) {
        return IntStream.range(1, nodes)
                .boxed()
                .sorted(Comparator.comparingInt(trie::depthOf))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int next(int state, int symbolClass) {
        int from = state;
        while (true) {
            int to = trie.child(from, symbolClass);
            if (to != TransitionTable.NONE) {
                return to;
            }
            if (from == 0) {
                return 0;
            }
            from = fail[from];
        }
    }

    Engine engine(SymbolWindow window, Engine.Sink sink) {
        return new Run(window, sink);
    }

    private final class Run implements Engine {
        private final SymbolWindow window;
        private final Sink sink;
        private int state;

        Run(SymbolWindow window, Sink sink) {
            this.window = window;
            this.sink = sink;
        }

        @Override
        public void take(int symbol, long index) {
            state = next(state, Leet.classOf(symbol));
            for (int node = output[state]; node != 0; node = output[fail[node]]) {
                for (int phrase : trie.phrasesAt(node)) {
                    long start = index + 1 - trie.depthOf(node);
                    if (phrases.get(phrase).isAt(window, start)) {
                        sink.found(phrases.get(phrase).rule(), start, index + 1);
                    }
                }
            }
        }

        /** A literal is found as soon as it is over, and where it stands does not matter. */
        @Override
        public void seam(long index) {}

        @Override
        public void end(long index) {
            state = 0;
        }

        @Override
        public long earliest(long next) {
            return next - trie.depthOf(live[state]);
        }

        @Override
        public int owner() {
            return trie.ownerOf(live[state]);
        }
    }
}

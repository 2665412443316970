package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.normalise.Leet;
import dev.tokentape.processor.moderation.normalise.Readings;
import java.util.List;

/**
 * Finds words and phrases that stand for themselves: begun where a word may begin, and confirmed when the next symbol,
 * or the end, shows that the word is over.
 *
 * <p>A sign such as @ is part of the word in {@code b@d} and none of it in {@code @bad} and {@code bad!}; both readings
 * are followed.
 */
final class WordAutomaton {

    private final List<Phrase> phrases;
    private final Trie trie = new Trie();

    WordAutomaton(List<Phrase> phrases) {
        this.phrases = List.copyOf(phrases);
        for (int i = 0; i < phrases.size(); i++) {
            trie.add(i, phrases.get(i).rule(), phrases.get(i).meant());
        }
    }

    Engine engine(SymbolWindow window, Engine.Sink sink) {
        return new Run(window, sink);
    }

    private static boolean isOtherSign(int symbol) {
        return !Readings.isWord(symbol) && !Leet.isSign(symbol);
    }

    private final class Run implements Engine {
        private final SymbolWindow window;
        private final Sink sink;
        private final LiveStarts live = new LiveStarts();
        private int last = ' ';
        private boolean begins;

        Run(SymbolWindow window, Sink sink) {
            this.window = window;
            this.sink = sink;
        }

        @Override
        public void take(int symbol, long index) {
            if (live.count() > 0) {
                if (!Readings.isWord(symbol) || isOtherSign(last)) {
                    confirm(index);
                }
                int symbolClass = Leet.classOf(symbol);
                int kept = 0;
                for (int i = 0; i < live.count(); i++) {
                    int node = trie.child(live.state(i), symbolClass);
                    if (node != TransitionTable.NONE) {
                        live.set(kept++, live.start(i), node);
                    }
                }
                live.truncate(kept);
            }
            if (begins || !Readings.isWord(last) || isOtherSign(symbol)) {
                int node = trie.child(0, Leet.classOf(symbol));
                if (node != TransitionTable.NONE) {
                    live.add(index, node);
                }
            }
            last = symbol;
            begins = false;
        }

        private void confirm(long end) {
            for (int i = 0; i < live.count(); i++) {
                for (int phrase : trie.phrasesAt(live.state(i))) {
                    if (phrases.get(phrase).isAt(window, live.start(i))) {
                        sink.found(phrases.get(phrase).rule(), live.start(i), end);
                    }
                }
            }
        }

        @Override
        public void seam(long index) {
            confirm(index);
            begins = true;
        }

        @Override
        public void end(long index) {
            confirm(index);
            live.truncate(0);
            last = ' ';
        }

        @Override
        public long earliest(long next) {
            return live.count() == 0 ? next : live.start(0);
        }

        @Override
        public int owner() {
            return trie.ownerOf(live.state(0));
        }
    }
}

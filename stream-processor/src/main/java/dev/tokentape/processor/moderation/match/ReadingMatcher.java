package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.normalise.SymbolMap;
import java.util.ArrayList;
import java.util.List;

/** All engines that look at a block in one reading. */
final class ReadingMatcher {

    /** Is told of matches in raw text: from start to before end. */
    @FunctionalInterface
    interface Sink {
        void found(int rule, long rawStart, long rawEnd);
    }

    private final SymbolMap reading;
    private final SymbolWindow window = new SymbolWindow();
    private final List<Engine> holding = new ArrayList<>();
    private final List<Engine> all = new ArrayList<>();
    private final Engine[] engines;

    /** @param rules whose matches change what is shown; {@code flags} are those whose matches are only told */
    ReadingMatcher(SymbolMap reading, EngineSource source, RuleAutomata rules, RuleAutomata flags, Sink sink) {
        this.reading = reading;
        Engine.Sink raw = (rule, start, end) -> sink.found(rule, window.rawStart(start), window.rawEnd(end - 1));
        source.add(rules, window, raw, holding);
        all.addAll(holding);
        source.add(flags, window, raw, all);
        engines = all.toArray(Engine[]::new);
    }

    /** Makes the engines of one reading. */
    @FunctionalInterface
    interface EngineSource {
        void add(RuleAutomata rules, SymbolWindow window, Engine.Sink sink, List<Engine> engines);

        /** Literals and words. */
        static void ofPhrases(RuleAutomata rules, SymbolWindow window, Engine.Sink sink, List<Engine> engines) {
            if (rules.literals != null) {
                engines.add(rules.literals.engine(window, sink));
            }
            if (rules.words != null) {
                engines.add(rules.words.engine(window, sink));
            }
        }

        /** Regular expressions. */
        static void ofPatterns(RuleAutomata rules, SymbolWindow window, Engine.Sink sink, List<Engine> engines) {
            rules.patterns.forEach(pattern -> engines.add(pattern.engine(window, sink)));
        }
    }

    boolean isIdle() {
        return engines.length == 0;
    }

    void take(int codePoint, long rawStart, long rawEnd) {
        int symbol = reading.lookup(codePoint);
        if (symbol >= 0) {
            symbol(symbol, rawStart, rawEnd);
        } else if (symbol != SymbolMap.NOTHING) {
            for (int each : reading.expansion(codePoint)) {
                symbol(each, rawStart, rawEnd);
            }
        }
    }

    private void symbol(int symbol, long rawStart, long rawEnd) {
        if (window.isFull()) {
            forget();
        }
        long index = window.next();
        window.add(symbol, rawStart, rawEnd);
        for (Engine engine : engines) {
            engine.take(symbol, index);
        }
    }

    void seam() {
        for (Engine engine : engines) {
            engine.seam(window.next());
        }
    }

    void end() {
        for (Engine engine : engines) {
            engine.end(window.next());
        }
    }

    /** Where in the raw text the earliest match may begin that can still come; {@code rawEnd} if none can. */
    long earliest(long rawEnd) {
        long next = window.next();
        long earliest = next;
        for (int i = 0; i < holding.size(); i++) {
            earliest = Math.min(earliest, holding.get(i).earliest(next));
        }
        return earliest == next ? rawEnd : window.rawStart(earliest);
    }

    /** A rule that the earliest live start may be a match of; -1 if there is no live start. */
    int owner() {
        long next = window.next();
        long earliest = next;
        int owner = -1;
        for (Engine engine : holding) {
            if (engine.earliest(next) < earliest) {
                earliest = engine.earliest(next);
                owner = engine.owner();
            }
        }
        return owner;
    }

    private void forget() {
        long next = window.next();
        long earliest = next;
        for (Engine engine : engines) {
            earliest = Math.min(earliest, engine.earliest(next));
        }
        window.forgetBefore(earliest);
    }
}

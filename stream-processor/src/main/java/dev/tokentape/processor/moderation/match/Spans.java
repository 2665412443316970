package dev.tokentape.processor.moderation.match;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stretches of raw text that matches cover and that have not been dealt with, in order. Matches that overlap are
 * one stretch: no character of any match is ever shown. It is named after its leftmost match, of those the longest, of
 * those the first in the rule file; so which one it is does not depend on the order in which matches are found.
 */
final class Spans {

    private final List<Span> spans = new ArrayList<>();

    /** A stretch, and the match that names it. */
    static final class Span {
        private long start;
        private long end;
        private int rule;
        private long ruleEnd;
        private boolean masked;

        private Span(long start, long end, int rule) {
            this.start = start;
            this.end = end;
            this.rule = rule;
            this.ruleEnd = end;
        }

        long start() {
            return start;
        }

        long end() {
            return end;
        }

        int rule() {
            return rule;
        }

        /** Whether its mask has been shown; it may still grow at its end. */
        boolean isMasked() {
            return masked;
        }

        void masked() {
            masked = true;
        }

        private void join(Span other) {
            if (other.start < start
                    || other.start == start
                            && (other.ruleEnd > ruleEnd || other.ruleEnd == ruleEnd && other.rule < rule)) {
                rule = other.rule;
                ruleEnd = other.ruleEnd;
            }
            start = Math.min(start, other.start);
            end = Math.max(end, other.end);
            masked |= other.masked;
        }
    }

    void add(long start, long end, int rule) {
        Span span = new Span(start, end, rule);
        for (int i = spans.size() - 1; i >= 0; i--) {
            Span other = spans.get(i);
            if (other.start < span.end && span.start < other.end) {
                span.join(other);
                spans.remove(i);
            }
        }
        int place = spans.size();
        while (place > 0 && spans.get(place - 1).start > span.start) {
            place--;
        }
        spans.add(place, span);
    }

    /** The first; null if there is none. */
    @Nullable
    Span first() {
        return spans.isEmpty() ? null : spans.getFirst();
    }

    void removeFirst() {
        spans.removeFirst();
    }

    /** The end of what is covered without a gap from a place on. */
    long coveredFrom(long place) {
        long covered = place;
        for (Span span : spans) {
            if (span.start <= covered) {
                covered = Math.max(covered, span.end);
            }
        }
        return covered;
    }

    void clear() {
        spans.clear();
    }
}

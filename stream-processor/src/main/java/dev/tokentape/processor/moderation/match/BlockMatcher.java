package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.normalise.Readings;
import dev.tokentape.processor.moderation.normalise.SymbolMap;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.Rule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The matcher of a text, which is one content block, or several that readers join: code points go in one by one, and
 * text comes out as far as no match can reach back.
 *
 * <p>What comes out is defined on the whole text. Every match of every rule that holds is masked, overlapping ones as
 * one ({@link Spans}). The first code point after which a match of a rule that ends the answer is certain ends it:
 * shown is what lies before that match, less what might still have become one. How the text was cut enters nowhere:
 * engines step by code points, {@link #release} only looks at where they stand, and what it gives out is final, since
 * <ul>
 *   <li>text before the earliest live start of all engines belongs to no match that is still to come, and
 *   <li>a mask is given out when the live starts have passed the stretch's beginning, so that no later match can move
 *       that beginning or name it otherwise; that its end may still move on does not show.
 * </ul>
 *
 * <p>Where several blocks make the text, a match counts that is one in the whole text, and also one that is one in its
 * block alone: where a block begins or ends, a word may begin or end. {@link #release} gives out one block at a time; a
 * mask is of the block that its match begins in.
 *
 * <p>Memory: the text from the earliest live start on, at most max-hold; more fails closed. Runs of invisible code
 * points are cut off after {@value #MOST_INVISIBLE}. Not thread-safe.
 */
public final class BlockMatcher {

    /** Most invisible code points and marks in a row; further ones are left out. */
    static final int MOST_INVISIBLE = 32;

    private final ChannelRules rules;
    private final ReadingMatcher skeletons;
    private final ReadingMatcher plain;
    private final BitSet flagged = new BitSet();
    private final Spans spans = new Spans();
    private final List<Finding> findings = new ArrayList<>();
    private final StringBuilder raw = new StringBuilder();
    private UnaryOperator<String> maskForm = UnaryOperator.identity();

    /** Raw position of the beginning of the block that is given out. */
    private long blockStart;
    /** Raw positions of the ends of that block and of those behind it, as far as they are over. */
    private final Deque<Long> seams = new ArrayDeque<>();

    /** Raw position of the first character in {@link #raw}; everything before has been dealt with. */
    private long dealtWith;
    /** Raw position behind the last character. */
    private long end;
    /** Raw position from which holding too much is possible. */
    private long checkAt;

    private int invisible;
    private char highSurrogate;
    /** Nothing more is shown: thinking of which something is left out. */
    private boolean dropped;

    private boolean changed;

    private @Nullable Ending ending;
    private boolean endingTold;

    /**
     * A rule ends the answer.
     *
     * @param reason null where its match is the reason
     */
    private record Ending(
            long start, long matchEnd, int rule, @Nullable String reason) {}

    BlockMatcher(ChannelRules rules) {
        this.rules = rules;
        this.skeletons = new ReadingMatcher(
                Readings.SKELETON,
                ReadingMatcher.EngineSource::ofPhrases,
                rules.holding(),
                rules.flagging(),
                this::found);
        this.plain = new ReadingMatcher(
                Readings.PLAIN,
                ReadingMatcher.EngineSource::ofPatterns,
                rules.holding(),
                rules.flagging(),
                this::found);
        this.checkAt = rules.leastMaxHold();
    }

    /** Masks are shown in this form, as JSON escapes for example. */
    public BlockMatcher maskedAs(UnaryOperator<String> form) {
        maskForm = form;
        return this;
    }

    /** Takes the next piece of text. A high surrogate at its end waits for the next piece. */
    public void take(CharSequence text) {
        for (int i = 0; i < text.length() && ending == null; i++) {
            char next = text.charAt(i);
            if (highSurrogate != 0) {
                char high = highSurrogate;
                highSurrogate = 0;
                if (Character.isLowSurrogate(next)) {
                    raw.append(high);
                    codePoint(Character.toCodePoint(high, next), next, 2);
                    continue;
                }
                codePoint(high, high, 1);
            }
            if (Character.isHighSurrogate(next)) {
                highSurrogate = next;
            } else {
                codePoint(next, next, 1);
            }
        }
    }

    /** Takes one code point, which stands in the raw text in some other form. */
    public void take(int codePoint, CharSequence form) {
        if (ending == null) {
            raw.append(form, 0, form.length() - 1);
            codePoint(codePoint, form.charAt(form.length() - 1), form.length());
        }
    }

    /** A block is over; what is taken next is of the next one. */
    public void endBlock() {
        loneSurrogate();
        if (ending == null) {
            skeletons.seam();
            plain.seam();
        }
        seams.add(end);
    }

    /**
     * Goes on to give out the next block, where the one before is over and nothing of it waits.
     *
     * @return whether it does
     */
    public boolean nextBlock() {
        if (seams.isEmpty() || dealtWith < seams.getFirst()) {
            return false;
        }
        blockStart = seams.removeFirst();
        changed = false;
        dropped = false;
        return true;
    }

    /** The text ends here, or stops to have anything to do with what follows. */
    public void end() {
        loneSurrogate();
        if (ending == null) {
            skeletons.end();
            plain.end();
            invisible = 0;
        }
    }

    private void loneSurrogate() {
        if (highSurrogate != 0 && ending == null) {
            char high = highSurrogate;
            highSurrogate = 0;
            codePoint(high, high, 1);
        }
    }

    /** What may be shown now of the block that is given out, and was not yet. */
    public Released release() {
        long limit = earliest();
        if (ending != null) {
            limit = Math.min(limit, ending.start);
        }
        long blockEnd = seams.isEmpty() ? Long.MAX_VALUE : seams.getFirst();
        long until = Math.min(limit, blockEnd);
        StringBuilder shown = new StringBuilder();
        long at = dealtWith;
        for (Spans.Span span = spans.first(); span != null && span.start() < until; span = spans.first()) {
            if (span.start() > at) {
                show(at, span.start(), shown);
            }
            if (!span.isMasked()) {
                mask(span.rule(), shown);
                span.masked();
            } else if (span.end() > at) {
                leftOut();
            }
            at = Math.max(at, Math.min(span.end(), blockEnd));
            if (span.end() > until) {
                break;
            }
            spans.removeFirst();
        }
        if (at < until) {
            show(at, until, shown);
            at = until;
        }
        raw.delete(0, (int) (at - dealtWith));
        dealtWith = at;
        if (ending != null && !endingTold && until == limit) {
            endingTold = true;
            findings.add(finding(ending.rule, ending.reason));
        }
        if (shown.isEmpty() && findings.isEmpty()) {
            return Released.NOTHING;
        }
        Released released = new Released(shown.toString(), findings);
        findings.clear();
        return released;
    }

    /** Whether a rule has ended the answer, so that nothing will be released any more. */
    public boolean hasEnded() {
        return ending != null;
    }

    /** Whether all that was taken has been dealt with. */
    public boolean isClear() {
        return dealtWith == end && highSurrogate == 0;
    }

    /** Whether something of the block that is given out was masked or left out. */
    public boolean hasChangedText() {
        return changed;
    }

    /** The text that waits. */
    public String held() {
        return ending != null ? "" : highSurrogate == 0 ? raw.toString() : raw.toString() + highSurrogate;
    }

    /** Id of a rule for which text waits; empty if none does. */
    public String heldFor() {
        int owner = owner();
        return owner < 0 ? "" : rules.rule(owner).id();
    }

    private void codePoint(int codePoint, char lastOfForm, int formLength) {
        boolean seen = Readings.PLAIN.lookup(codePoint) != SymbolMap.NOTHING;
        invisible = seen ? 0 : invisible + 1;
        if (invisible > MOST_INVISIBLE) {
            raw.setLength(raw.length() - (formLength - 1));
            return;
        }
        raw.append(lastOfForm);
        long start = end;
        end += formLength;
        if (seen) {
            if (!skeletons.isIdle()) {
                skeletons.take(codePoint, start, end);
            }
            if (!plain.isIdle()) {
                plain.take(codePoint, start, end);
            }
        }
        if (end > checkAt) {
            checkHold();
        }
    }

    private void found(int number, long start, long matchEnd) {
        Rule rule = rules.rule(number);
        if (rule.firstTokens() > 0
                && start - blockStartOf(start) >= (long) rule.firstTokens() * Rule.CHARACTERS_PER_TOKEN) {
            return;
        }
        switch (rule.action()) {
            case Action.Flag _ -> {
                if (!flagged.get(number)) {
                    flagged.set(number);
                    findings.add(finding(number, null));
                }
            }
            case Action.Redact _ -> spans.add(start, matchEnd, number);
            case Action.Block _, Action.Regenerate _ -> ended(start, matchEnd, number);
        }
    }

    /** Beginning of the block that a place is in. */
    private long blockStartOf(long place) {
        long begins = blockStart;
        for (long seam : seams) {
            begins = seam <= place ? seam : begins;
        }
        return begins;
    }

    /** Of several matches that become certain with the same code point, the leftmost, longest, first. */
    private void ended(long start, long matchEnd, int number) {
        Ending known = ending;
        if (known == null
                || start < known.start
                || start == known.start
                        && (matchEnd > known.matchEnd || matchEnd == known.matchEnd && number < known.rule)) {
            ending = new Ending(start, matchEnd, number, null);
        }
    }

    private void checkHold() {
        long earliest = earliest();
        long certain = spans.coveredFrom(earliest);
        int owner = owner();
        if (ending == null && owner >= 0 && end - certain > rules.maxHold(owner)) {
            ending = new Ending(
                    earliest,
                    end,
                    owner,
                    "more than %d characters would have been held back".formatted(rules.maxHold(owner)));
        }
        checkAt = certain + rules.leastMaxHold();
    }

    /** What is held too long ends the answer, whatever its rule would have done with a match. */
    private Finding finding(int number, @Nullable String reason) {
        Rule rule = rules.rule(number);
        Action action = reason == null ? rule.action() : new Action.Block();
        return new Finding(rule.id(), rule.category(), action, rules.version(), reason);
    }

    private void show(long from, long to, StringBuilder shown) {
        if (!dropped) {
            shown.append(raw, (int) (from - dealtWith), (int) (to - dealtWith));
        }
    }

    private void mask(int number, StringBuilder shown) {
        if (dropped) {
            return;
        }
        findings.add(finding(number, null));
        leftOut();
        if (!dropped && rules.rule(number).action() instanceof Action.Redact(String mask)) {
            shown.append(maskForm.apply(mask));
        }
    }

    private void leftOut() {
        changed = true;
        dropped |= rules.channel() == Channel.THINKING;
    }

    private long earliest() {
        return Math.min(skeletons.earliest(end), plain.earliest(end));
    }

    private int owner() {
        return skeletons.earliest(end) <= plain.earliest(end) && skeletons.owner() >= 0
                ? skeletons.owner()
                : plain.owner();
    }
}

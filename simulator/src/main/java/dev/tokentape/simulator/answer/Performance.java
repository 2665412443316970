package dev.tokentape.simulator.answer;

import dev.tokentape.simulator.settings.Fault;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/** An answer with the faults woven in that strike midway. A fault strikes right after the token it counts to. */
public final class Performance implements Iterator<Act> {

    private final SimulatedAnswer answer;
    private final Iterator<StepFrame> frames;
    private final Queue<Fault.Midway> faults;
    private final Queue<Act> next = new ArrayDeque<>(2);
    private int tokens;
    private boolean over;

    public Performance(SimulatedAnswer answer, List<Fault> faults) {
        this.answer = answer;
        this.frames = answer.frames();
        this.faults = new ArrayDeque<>(faults.stream()
                // A large event is part of the script already.
                .filter(fault -> fault instanceof Fault.Midway && !(fault instanceof Fault.Oversize))
                .map(Fault.Midway.class::cast)
                .sorted(Comparator.comparingInt(Fault.Midway::afterTokens))
                .toList());
    }

    @Override
    public boolean hasNext() {
        return !over || !next.isEmpty();
    }

    @Override
    public Act next() {
        if (next.isEmpty()) {
            if (over) {
                throw new NoSuchElementException("the answer is over");
            }
            advance();
        }
        return next.remove();
    }

    private void advance() {
        Fault.Midway fault = faults.peek();
        if (fault != null && fault.afterTokens() <= tokens) {
            faults.remove();
            next.add(new Act.Struck(fault));
            next.add(consequence(fault));
        } else if (frames.hasNext()) {
            StepFrame frame = frames.next();
            tokens += frame.token() ? 1 : 0;
            next.add(new Act.Send(frame.bytes(), frame.token(), frame.beat()));
        } else {
            over = true;
            next.add(new Act.End());
        }
    }

    private Act consequence(Fault.Midway fault) {
        over = !(fault instanceof Fault.Malformed);
        return switch (fault) {
            case Fault.ErrorEvent ignored -> new Act.Fail(answer.error());
            case Fault.Stall ignored -> new Act.Stall();
            case Fault.Truncate ignored -> new Act.End();
            case Fault.Cut ignored -> new Act.BreakOff(partOfTheNextEvent(), false);
            case Fault.Reset ignored -> new Act.BreakOff(new byte[0], true);
            case Fault.Malformed ignored -> new Act.Send(answer.malformed(), false, false);
            case Fault.Oversize ignored -> throw new IllegalStateException("oversize is part of the script");
        };
    }

    /** Two thirds of the next event: behind an {@code event:} line, and inside the {@code data:} line. */
    private byte[] partOfTheNextEvent() {
        while (frames.hasNext()) {
            byte[] bytes = frames.next().bytes();
            if (bytes.length > 0) {
                return Arrays.copyOf(bytes, Math.max(1, bytes.length * 2 / 3));
            }
        }
        return new byte[0];
    }
}

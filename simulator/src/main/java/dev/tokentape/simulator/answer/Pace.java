package dev.tokentape.simulator.answer;

import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.Fault;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * When each token is due. Times are nanoseconds of whatever clock the player uses. The schedule is absolute: a late
 * token does not delay those after it.
 */
public final class Pace {

    private final double gapNanos;
    private final double jitter;
    private final long burstNanos;
    private final SplittableRandom random;
    private long origin;
    private long due;

    /** @param call the number of the call, so that calls started together do not jitter together */
    public Pace(CallSettings settings, long call) {
        this.gapNanos = settings.tokensPerSecond() > 0 ? TimeUnit.SECONDS.toNanos(1) / settings.tokensPerSecond() : 0;
        this.jitter = settings.jitter();
        this.random = new SplittableRandom(settings.seed() * 31 + call);
        long burst = 0;
        for (Fault fault : settings.faults()) {
            if (fault instanceof Fault.Buffer buffer) {
                burst = TimeUnit.MILLISECONDS.toNanos(buffer.millis());
            }
        }
        this.burstNanos = burst;
    }

    /** The first token is due at {@code nanos}, or with the first burst after it. */
    public void startAt(long nanos) {
        origin = nanos;
        due = nanos;
    }

    /** When the next token is due. */
    public long due() {
        if (burstNanos == 0) {
            return due;
        }
        long bursts = (due - origin) / burstNanos + 1;
        return origin + bursts * burstNanos;
    }

    /** The next token has been sent; on to the one after. */
    public void advance() {
        due += (long) (jitter == 0 ? gapNanos : gapNanos * (1 + jitter * (2 * random.nextDouble() - 1)));
    }

    /** The reader was slow until {@code nanos}: what was due meanwhile is not made up for in a burst. */
    public void resumeAt(long nanos) {
        if (due - nanos < 0) {
            due = nanos;
        }
    }
}

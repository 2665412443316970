package dev.tokentape.standalone.client;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tape across lost connections: comes back from the last cursor, so that the reader sees one stream.
 *
 * <p>At most {@value #QUEUE} frames wait between the connection and the reader; when they do, the connection is not
 * read from.
 */
public final class ResumingStream {

    private static final int QUEUE = 256;

    private sealed interface Signal {
        record Opened() implements Signal {}

        record Read(Frame frame) implements Signal {}

        record Ended() implements Signal {}

        record Lost(String why, boolean comeBack) implements Signal {}
    }

    private final Connector connector;
    private final Duration firstPause;
    private final int mostAttempts;

    /**
     * A stream from this place on the tape.
     *
     * @param firstPause how long to wait before coming back; doubled every time that fails
     * @param mostAttempts how often to try in a row before giving up
     */
    public ResumingStream(Connector connector, Duration firstPause, int mostAttempts) {
        this.connector = connector;
        this.firstPause = firstPause;
        this.mostAttempts = mostAttempts;
    }

    /**
     * Reads until the last frame, or the end of what there will ever be.
     *
     * @param after the cursor to begin after, {@code start} or {@code now}; null for the gateway's default
     * @param reader gets every frame, once, in order
     * @param notices hears of lost and found connections
     * @param last tells the frame after which nothing more is wanted
     * @throws GatewayProblem if the gateway refuses, or does not come back
     */
    public void follow(@Nullable String after, Consumer<Frame> reader, Consumer<String> notices, Predicate<Frame> last)
            throws InterruptedException {
        String cursor = after;
        int failures = 0;
        while (true) {
            BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(QUEUE);
            Forwarding forwarding = new Forwarding(signals);
            Connection connection = connector.open(cursor, forwarding);
            try {
                Signal.Lost lost = null;
                while (lost == null) {
                    switch (signals.take()) {
                        case Signal.Opened _ -> {
                            if (failures > 0) {
                                notices.accept("connected again");
                            }
                        }
                        case Signal.Read(Frame frame) -> {
                            failures = 0;
                            cursor = frame.id() != null ? frame.id() : cursor;
                            reader.accept(frame);
                            if (last.test(frame)) {
                                return;
                            }
                        }
                        case Signal.Ended _ -> {
                            return;
                        }
                        case Signal.Lost signal -> lost = signal;
                    }
                }
                failures++;
                if (!lost.comeBack() || failures > mostAttempts) {
                    throw new GatewayProblem(lost.comeBack() ? 503 : 400, lost.why());
                }
                notices.accept("connection lost (" + lost.why() + "), coming back");
            } finally {
                connection.close();
                forwarding.close();
            }
            Thread.sleep(firstPause.multipliedBy(1L << Math.min(failures - 1, 5)));
        }
    }

    private static final class Forwarding implements StreamListener {
        private final BlockingQueue<Signal> signals;
        private volatile boolean closed;

        private Forwarding(BlockingQueue<Signal> signals) {
            this.signals = signals;
        }

        @Override
        public void opened() {
            put(new Signal.Opened());
        }

        @Override
        public void frame(Frame frame) {
            put(new Signal.Read(frame));
        }

        @Override
        public void ended() {
            put(new Signal.Ended());
        }

        @Override
        public void lost(String why, boolean comeBack) {
            put(new Signal.Lost(why, comeBack));
        }

        private void put(Signal signal) {
            if (closed) {
                return;
            }
            try {
                signals.put(signal);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Lets go a thread of the connection that still waits for room. */
        private void close() {
            closed = true;
            signals.clear();
        }
    }
}

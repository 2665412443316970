package dev.tokentape.cli.client;

import dev.tokentape.schemas.config.Settings;
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

        record Read(EventFrame frame) implements Signal {}

        record Ended() implements Signal {}

        record Gone(LostConnection lost) implements Signal {}
    }

    /**
     * How long to try.
     *
     * @param firstPause how long to wait before coming back; doubled every time that fails, up to {@link
     *     #LONGEST_PAUSE}
     * @param first for how long to try, where there was no connection yet
     * @param later for how long to try to come back
     */
    public record Patience(Duration firstPause, Duration first, Duration later) {

        static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

        /** Two seconds for the first connection, two minutes to come back. */
        public static final Patience USUAL =
                new Patience(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofMinutes(2));

        private Duration pause(int failures) {
            Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, 10));
            return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
    }

    private final String address;
    private final Connector connector;
    private final Patience patience;

    /**
     * A stream from this place on the tape.
     *
     * @param address of the gateway, for messages
     */
    public ResumingStream(String address, Connector connector, Patience patience) {
        this.address = address;
        this.connector = connector;
        this.patience = patience;
    }

    /**
     * Reads until the last frame, or the end of what there will ever be.
     *
     * @param after the cursor to begin after, {@code start} or {@code now}; null for the gateway's default
     * @param reader gets every frame, once, in order
     * @param notices hears once that the connection was lost, and that it was found again
     * @param last tells the frame after which nothing more is wanted
     * @throws GatewayProblem if the gateway refuses
     * @throws GatewayUnreachable if it is not there, or does not come back
     */
    public void follow(
            @Nullable String after, Consumer<EventFrame> reader, Consumer<String> notices, Predicate<EventFrame> last)
            throws GatewayUnreachable, InterruptedException {
        String cursor = after;
        boolean wasThere = false;
        boolean told = false;
        int failures = 0;
        long goneSince = System.nanoTime();
        while (true) {
            BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(QUEUE);
            Forwarding forwarding = new Forwarding(signals);
            Connection connection = connector.open(cursor, forwarding);
            LostConnection lost = null;
            try {
                while (lost == null) {
                    switch (signals.take()) {
                        case Signal.Opened _ -> {
                            wasThere = true;
                            if (told) {
                                told = false;
                                notices.accept("connected again");
                            }
                        }
                        case Signal.Read(EventFrame frame) -> {
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
                        case Signal.Gone(LostConnection gone) -> lost = gone;
                    }
                }
            } finally {
                connection.close();
                forwarding.close();
            }
            if (!lost.comeBack()) {
                throw new GatewayProblem(lost.status(), lost.why());
            }
            failures++;
            goneSince = failures == 1 ? System.nanoTime() : goneSince;
            giveUp(lost, wasThere, Duration.ofNanos(System.nanoTime() - goneSince));
            if (wasThere && !told) {
                told = true;
                notices.accept("connection lost (" + lost.why() + "), coming back");
            }
            Thread.sleep(patience.pause(failures));
        }
    }

    private void giveUp(LostConnection lost, boolean wasThere, Duration gone) throws GatewayUnreachable {
        Duration longest = wasThere ? patience.later() : patience.first();
        if (gone.compareTo(longest) < 0) {
            return;
        }
        if (lost.status() != 0) {
            throw new GatewayProblem(lost.status(), lost.why());
        }
        throw wasThere
                ? GatewayUnreachable.gone(address, lost.why(), Settings.written(longest))
                : GatewayUnreachable.at(address, lost.why(), null);
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
        public void frame(EventFrame frame) {
            put(new Signal.Read(frame));
        }

        @Override
        public void ended() {
            put(new Signal.Ended());
        }

        @Override
        public void lost(LostConnection lost) {
            put(new Signal.Gone(lost));
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

package dev.tokentape.standalone.demo;

import dev.tokentape.cli.client.Connection;
import dev.tokentape.cli.client.Connector;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.client.LostConnection;
import dev.tokentape.cli.client.StreamListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One screen of the demonstration: reads a conversation, can be cut off, and comes back from its last event. */
final class Subscriber implements AutoCloseable {

    private static final int MOST_RECONNECTS = 5;

    private final Connector connector;
    private final LiveView view;
    private final int column;
    private final Reading reading = new Reading();
    private final AtomicInteger reconnects = new AtomicInteger();
    private @Nullable Connection connection;
    private volatile boolean shown = true;
    private volatile boolean closed;

    Subscriber(Connector connector, LiveView view, int column) {
        this.connector = connector;
        this.view = view;
        this.column = column;
    }

    Reading reading() {
        return reading;
    }

    /** From now on frames are read and kept, but not shown. */
    void hide() {
        shown = false;
    }

    /** Connects, and returns when the gateway has accepted: from then on nothing is missed. */
    void connect(@Nullable String after, Duration longest) throws InterruptedException {
        CompletableFuture<Void> accepted = new CompletableFuture<>();
        open(after, accepted);
        try {
            accepted.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new DemoException("a subscriber did not get connected: "
                    + (why.getMessage() == null ? "no answer in " + longest.toSeconds() + " s" : why.getMessage()));
        }
    }

    private synchronized void open(@Nullable String after, CompletableFuture<Void> accepted) {
        if (!closed) {
            connection = connector.open(after, new Listening(accepted));
        }
    }

    /** Cuts the connection off, as a lost network does. */
    synchronized void cut() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    /** Comes back after the last event it had. */
    void resume(Duration longest) throws InterruptedException {
        connect(reading.cursor(), longest);
    }

    @Override
    public synchronized void close() {
        closed = true;
        cut();
        reading.fail("the subscriber has left");
    }

    private final class Listening implements StreamListener {
        private final CompletableFuture<Void> accepted;

        private Listening(CompletableFuture<Void> accepted) {
            this.accepted = accepted;
        }

        @Override
        public void opened() {
            accepted.complete(null);
        }

        @Override
        public void frame(EventFrame frame) {
            reading.add(frame);
            if (!shown) {
                return;
            }
            if (frame.startsOver()) {
                view.notice(column, "attempt " + frame.attempt() + " starts over");
            }
            String text = frame.text();
            if (!text.isEmpty()) {
                view.text(column, text);
            }
        }

        @Override
        public void ended() {
            reading.fail("the gateway ended the stream");
        }

        @Override
        public void lost(LostConnection lost) {
            if (accepted.completeExceptionally(new DemoException(lost.why()))) {
                return;
            }
            if (closed) {
                reading.fail("the subscriber has left");
            } else if (lost.comeBack() && reconnects.incrementAndGet() <= MOST_RECONNECTS) {
                view.notice(column, "lost the connection (" + lost.why() + "), coming back");
                open(reading.cursor(), accepted);
            } else {
                reading.fail(lost.why());
            }
        }
    }
}

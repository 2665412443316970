package dev.tokentape.standalone.demo;

import dev.tokentape.cli.client.EventFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one subscriber has read, frame by frame. Thread-safe. Bounded by what a demonstration asks for. */
final class Reading {

    private final List<EventFrame> frames = new ArrayList<>();
    private @Nullable String failure;

    synchronized void add(EventFrame frame) {
        frames.add(frame);
        notifyAll();
    }

    /** Nothing more will come; whoever waits is told why. */
    synchronized void fail(String why) {
        failure = why;
        notifyAll();
    }

    /** The cursor of the last frame that had one; null if none had. */
    synchronized @Nullable String cursor() {
        for (int i = frames.size() - 1; i >= 0; i--) {
            if (frames.get(i).id() != null) {
                return frames.get(i).id();
            }
        }
        return null;
    }

    /** The frames of one answer so far. */
    synchronized List<EventFrame> of(String responseId) {
        return frames.stream()
                .filter(frame -> responseId.equals(frame.responseId()))
                .toList();
    }

    synchronized int size() {
        return frames.size();
    }

    /** The answer's text as a reader sees it: a later attempt replaces an earlier one. */
    static String textOf(List<EventFrame> frames) {
        StringBuilder text = new StringBuilder();
        for (EventFrame frame : frames) {
            if (frame.startsOver()) {
                text.setLength(0);
            }
            text.append(frame.text());
        }
        return text.toString();
    }

    /**
     * Waits until what was read of an answer fulfils a wish.
     *
     * @throws DemoException if that does not happen in time, or nothing more will come
     */
    synchronized void await(String responseId, Predicate<List<EventFrame>> wish, String described, Duration longest)
            throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        while (!wish.test(of(responseId))) {
            if (failure != null) {
                throw new DemoException("while waiting for " + described + ": " + failure);
            }
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new DemoException("waited " + longest.toSeconds() + " s for " + described + " of response "
                        + responseId + "; " + of(responseId).size() + " events came");
            }
            wait(left);
        }
    }
}

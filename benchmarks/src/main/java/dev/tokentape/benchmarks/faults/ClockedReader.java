package dev.tokentape.benchmarks.faults;

import dev.tokentape.cli.client.Accepted;
import dev.tokentape.cli.client.Connector;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.client.GatewayUnreachable;
import dev.tokentape.cli.client.ResumingStream;
import dev.tokentape.cli.client.TapeClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One reader of one answer, by one transport, from its start to its end: what came when, and whether all of it was
 * right.
 */
final class ClockedReader {

    /** How events travel. */
    enum Transport {
        SSE,
        WEBSOCKET,
        PAGES
    }

    private static final ResumingStream.Patience PATIENCE = new ResumingStream.Patience(
            ResumingStream.Patience.USUAL.firstPause(), Duration.ofMinutes(2), Duration.ofMinutes(2));

    /**
     * An event as it was read.
     *
     * @param at monotonic, in nanoseconds
     * @param delivery nanoseconds since it was put on the tape; negative if that is not known
     */
    record Seen(long at, long delivery) {}

    private final Accepted answer;
    private final Transport transport;
    private final List<Seen> seen = new ArrayList<>();
    private final Thread thread;
    private long nextSequence;
    private @Nullable String wrong;
    private boolean ended;
    private long left;

    private ClockedReader(TapeClient client, Accepted answer, Transport transport) {
        this.answer = answer;
        this.transport = transport;
        this.thread = Thread.ofVirtual().name("bench-reader").start(() -> read(client));
    }

    static ClockedReader start(TapeClient client, Accepted answer, Transport transport) {
        return new ClockedReader(client, answer, transport);
    }

    String response() {
        return answer.responseId();
    }

    private void read(TapeClient client) {
        try {
            new ResumingStream(client.address(), connector(client), PATIENCE)
                    .follow(
                            transport == Transport.WEBSOCKET ? answer.cursor() : "start",
                            this::take,
                            this::notice,
                            frame -> answer.responseId().equals(frame.responseId()) && frame.terminal());
        } catch (GatewayUnreachable | RuntimeException e) {
            fault(String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Connector connector(TapeClient client) {
        return switch (transport) {
            case SSE -> client.responseEvents(answer.conversationId(), answer.responseId());
            case WEBSOCKET -> client.conversationSocket(answer.conversationId());
            case PAGES -> client.responsePages(answer.conversationId(), answer.responseId());
        };
    }

    private synchronized void take(EventFrame frame) {
        long now = System.nanoTime();
        if (!answer.responseId().equals(frame.responseId())) {
            if (frame.type().equals("gap")) {
                fault("was told of a gap: " + frame.json().path("reason").asText());
            }
            return;
        }
        if (frame.sequence() != nextSequence) {
            fault("read %d where %d was due".formatted(frame.sequence(), nextSequence));
        }
        nextSequence = frame.sequence() + 1;
        ended = frame.terminal();
        seen.add(new Seen(now, frame.publishedAt() < 0 ? -1 : (frame.readAt() - frame.publishedAt()) * 1_000));
    }

    private synchronized void notice(String words) {
        if (words.startsWith("connection lost")) {
            left = System.nanoTime();
        }
    }

    private synchronized void fault(String words) {
        if (wrong == null) {
            wrong = "%s of %s %s".formatted(transport, answer.responseId(), words);
        }
    }

    /** Whether so many events were read. */
    synchronized boolean hasRead(int events) {
        return seen.size() >= events;
    }

    synchronized boolean ended() {
        return ended;
    }

    /** What was not as promised; null if all was. */
    synchronized @Nullable String wrong() {
        return wrong;
    }

    /** Waits for the end. */
    boolean join(Duration atMost) throws InterruptedException {
        return thread.join(atMost);
    }

    void giveUp() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    /** The longest silence from a moment on. */
    synchronized Wait longestAfter(long moment) {
        long from = moment;
        Wait longest = new Wait(answer.responseId(), 0, 0, 0, 0);
        for (Seen event : seen) {
            if (event.at() - moment <= 0) {
                continue;
            }
            long silence = event.at() - from;
            if (silence > longest.nanos()) {
                long delivery = Math.clamp(event.delivery(), 0, silence);
                long leaving = left - moment > 0 && left - event.at() < 0 ? left - moment : 0;
                longest = new Wait(answer.responseId(), silence, delivery, leaving, 0);
            }
            from = event.at();
        }
        long toTheEnd = seen.isEmpty() ? 0 : Math.max(0, seen.getLast().at() - moment);
        return longest.withEnd(toTheEnd);
    }
}

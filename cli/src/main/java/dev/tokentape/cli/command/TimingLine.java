package dev.tokentape.cli.command;

import dev.tokentape.cli.client.EventFrame;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * One event with its times, in columns: received from the provider, then how much later it was published, then how much
 * later it was read here. A hop that buffers shows as steps in its column.
 */
final class TimingLine {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);
    private static final int MOST_CHARACTERS = 40;

    static final String HEADER =
            "%-15s %12s %12s %8s  %s".formatted("received (UTC)", "published", "read", "seq", "event");

    private final long since;

    /** @param since microseconds since 1970 UTC; how late an event published before was read says nothing */
    TimingLine(long since) {
        this.since = since;
    }

    String of(EventFrame frame) {
        String received =
                frame.receivedAt() < 0 ? "-" : CLOCK.format(Instant.EPOCH.plus(frame.receivedAt(), ChronoUnit.MICROS));
        String published = frame.receivedAt() < 0 || frame.publishedAt() < 0
                ? "-"
                : after(frame.publishedAt() - frame.receivedAt());
        long before = frame.publishedAt() >= 0 ? frame.publishedAt() : frame.receivedAt();
        String read = before < since ? "-" : after(frame.readAt() - before);
        String sequence = frame.sequence() < 0 ? "-" : Long.toString(frame.sequence());
        return "%-15s %12s %12s %8s  %s".formatted(received, published, read, sequence, described(frame));
    }

    private static String after(long micros) {
        return "+%.3f ms".formatted(micros / 1e3);
    }

    private static String described(EventFrame frame) {
        String text = frame.json().path("delta").path("text").asText("");
        if (text.isEmpty()) {
            return frame.type();
        }
        String shortened = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "…" : text;
        return frame.type() + " \"" + shortened.replace("\n", "\\n") + "\"";
    }
}

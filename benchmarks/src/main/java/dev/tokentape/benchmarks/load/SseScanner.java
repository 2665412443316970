package dev.tokentape.benchmarks.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds in a stream of server-sent events, as cheaply as can be, what a measurement needs of each: its cursor, its
 * sequence and when it was published. Chunk sizes between the lines are passed over. A line is looked at when it is
 * whole.
 */
final class SseScanner {

    private static final byte[] ID = ascii("id: ");
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] SEQUENCE = ascii("\"sequence\":");
    private static final byte[] PUBLISHED = ascii("\"published_at_us\":");
    private static final byte[] GAP = ascii("\"type\":\"gap\"");
    private static final long NONE = -1;

    /** Told of what was found. */
    interface Found {
        /**
         * @param sequence number within its response; -1 where the event has none
         * @param publishedAt microseconds since 1970; -1 where the event does not say
         */
        void event(long sequence, long publishedAt);

        /** The gateway says that it could not go on where the cursor was. */
        void gap();
    }

    private final Found found;
    private byte[] line = new byte[1024];
    private byte[] cursor = new byte[0];
    private int cursorLength;

    SseScanner(Found found) {
        this.found = found;
    }

    /** Reads all whole lines, and leaves the rest. */
    void scan(ByteBuf in) {
        while (true) {
            int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
            if (end < 0) {
                return;
            }
            int length = end - in.readerIndex();
            if (line.length < length) {
                line = new byte[length * 2];
            }
            in.readBytes(line, 0, length);
            in.skipBytes(1);
            if (startsWith(ID, length)) {
                keepCursor(length);
            } else if (startsWith(DATA, length)) {
                data(length);
            }
        }
    }

    /** The last event's; empty before the first. */
    String cursor() {
        return new String(cursor, 0, cursorLength, StandardCharsets.US_ASCII);
    }

    private void keepCursor(int length) {
        cursorLength = length - ID.length;
        if (cursor.length < cursorLength) {
            cursor = new byte[cursorLength];
        }
        System.arraycopy(line, ID.length, cursor, 0, cursorLength);
    }

    private void data(int length) {
        long sequence = numberAfter(SEQUENCE, length);
        if (sequence == NONE && find(GAP, length) >= 0) {
            found.gap();
        } else {
            found.event(sequence, numberAfter(PUBLISHED, length));
        }
    }

    private long numberAfter(byte[] name, int length) {
        int at = find(name, length);
        if (at < 0) {
            return NONE;
        }
        long number = 0;
        for (int i = at + name.length; i < length && line[i] >= '0' && line[i] <= '9'; i++) {
            number = number * 10 + (line[i] - '0');
        }
        return number;
    }

    /** The first place of a name; text of the answer comes after the fields that are looked for. */
    private int find(byte[] name, int length) {
        for (int i = 0; i <= length - name.length; i++) {
            if (line[i] == name[0] && line[i + 1] == name[1] && matches(name, i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean startsWith(byte[] prefix, int length) {
        return length >= prefix.length && matches(prefix, 0);
    }

    private boolean matches(byte[] name, int from) {
        for (int i = 0; i < name.length; i++) {
            if (line[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

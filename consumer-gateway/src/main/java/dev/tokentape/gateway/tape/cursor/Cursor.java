package dev.tokentape.gateway.tape.cursor;

import dev.tokentape.gateway.tape.InvalidCursorException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * A place on the tape of one conversation, and what had been read there.
 *
 * <p>As text it is base64url of: a version byte, the kind, the epoch (8 bytes), a hash of the conversation (4), then as
 * variable-length numbers the partition, the offset, the log's time and how incomplete the expectations are; then how
 * many responses there are, each as 8 bytes of fingerprint, last sequence with an ended bit, and age; at last a CRC-32C
 * of all before (4). With one open answer that is about 55 characters, never more than {@link #MOST_CHARACTERS}.
 *
 * @param kind whether a record stands at the offset
 * @param epoch which log: a hash of the topic's id, so that a topic created anew is another one
 * @param offset everything up to it has been read, or passed over
 */
public record Cursor(Kind kind, long epoch, int partition, int conversation, long offset, Expectations expectations) {

    static final int MOST_CHARACTERS = 2_048;

    /** What stands at the cursor's offset. */
    public enum Kind {
        /** A record of this conversation: it can be verified. */
        RECORD,
        /** Anything, also nothing yet: the place between records. */
        PLACE
    }

    private static final byte VERSION = 1;
    private static final byte RECORD = 0;
    private static final byte PLACE = 1;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MOST_BYTES = MOST_CHARACTERS * 3 / 4;
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(MOST_BYTES));

    /** The part of a cursor that binds it to its conversation. */
    public static int conversationHash(String conversationId) {
        return (int) Fingerprint.of(conversationId);
    }

    public static String text(
            Kind kind, long epoch, int partition, int conversation, long offset, Expectations expectations) {
        ByteBuffer out = SCRATCH.get().clear();
        out.put(VERSION)
                .put(kind == Kind.RECORD ? RECORD : PLACE)
                .putLong(epoch)
                .putInt(conversation);
        number(out, partition);
        number(out, offset + 1);
        number(out, expectations.time());
        number(out, expectations.incompleteSeconds());
        number(out, expectations.size());
        for (int i = 0; i < expectations.size(); i++) {
            out.putLong(expectations.responseAt(i));
            number(out, (expectations.lastAt(i) << 1) | (expectations.endedAt(i) ? 1 : 0));
            number(out, expectations.ageAt(i));
        }
        out.putInt(checksum(out.array(), out.position()));
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return new String(TEXT.encode(bytes), StandardCharsets.ISO_8859_1);
    }

    /** The same, but past everything up to an offset, of which nothing is unread. */
    public Cursor passing(long through) {
        return new Cursor(Kind.PLACE, epoch, partition, conversation, through, expectations);
    }

    public String text() {
        return text(kind, epoch, partition, conversation, offset, expectations);
    }

    /**
     * Reads a cursor.
     *
     * @throws InvalidCursorException if it was mangled or never was one
     */
    public static Cursor parse(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw new InvalidCursorException("the cursor is longer than any cursor given out");
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            int length = bytes.length - CHECKSUM_BYTES;
            if (length < 0 || ByteBuffer.wrap(bytes).getInt(length) != checksum(bytes, length)) {
                throw new InvalidCursorException("the cursor is damaged: its checksum does not fit");
            }
            ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
            if (in.get() != VERSION) {
                throw new InvalidCursorException("the cursor is of a version that this gateway does not know");
            }
            return parse(in);
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException | IndexOutOfBoundsException _) {
            throw new InvalidCursorException("the cursor is damaged");
        }
    }

    /**
     * Reads a cursor that must be one of this conversation.
     *
     * @throws InvalidCursorException if it is not
     */
    public static Cursor parse(String text, String conversationId) {
        Cursor cursor = parse(text);
        if (cursor.conversation != conversationHash(conversationId)) {
            throw new InvalidCursorException("the cursor is not one of this conversation");
        }
        return cursor;
    }

    private static Cursor parse(ByteBuffer in) {
        Kind kind = in.get() == RECORD ? Kind.RECORD : Kind.PLACE;
        long epoch = in.getLong();
        int conversation = in.getInt();
        int partition = Math.toIntExact(number(in));
        long offset = number(in) - 1;
        Expectations expectations = Expectations.restored(number(in), number(in));
        long count = number(in);
        if (count > Expectations.MOST_RESPONSES) {
            throw new InvalidCursorException("the cursor names more responses than any cursor given out");
        }
        for (int i = 0; i < count; i++) {
            long response = in.getLong();
            long sequence = number(in);
            expectations.restore(response, sequence >>> 1, (sequence & 1) == 1, number(in));
        }
        if (in.hasRemaining()) {
            throw new InvalidCursorException("the cursor is damaged: it has a tail");
        }
        return new Cursor(kind, epoch, partition, conversation, offset, expectations);
    }

    private static void number(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (value < 0) {
                    throw new InvalidCursorException("the cursor is damaged: a number in it is negative");
                }
                return value;
            }
        }
        throw new InvalidCursorException("the cursor is damaged: a number in it is too long");
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}

package dev.tokentape.gateway.tape.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Line breaks in encoded JSON. Fields that providers sent travel as they came, perhaps over several lines, which would
 * break an SSE frame. Inside JSON strings a line break cannot stand, so outside it is but a space.
 */
final class LineBreaks {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private LineBreaks() {}

    /** Makes every line break a space, in place. Looks at eight bytes at a time, since nearly always there is none. */
    static byte[] toSpaces(byte[] json) {
        int i = 0;
        for (; i <= json.length - Long.BYTES; i += Long.BYTES) {
            long eight = (long) EIGHT_BYTES.get(json, i);
            if (has(eight, '\n') || has(eight, '\r')) {
                replace(json, i, i + Long.BYTES);
            }
        }
        replace(json, i, json.length);
        return json;
    }

    /** Whether one of eight bytes is this character: exactly then one of them is zero after the exclusive or. */
    private static boolean has(long eight, char character) {
        long zeroWhereEqual = eight ^ (ONES * character);
        return ((zeroWhereEqual - ONES) & ~zeroWhereEqual & HIGH_BITS) != 0;
    }

    private static void replace(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
    }
}

package dev.tokentape.gateway.command;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Looks at bytes that are to be UTF-8, without a copy of them. */
public final class Utf8 {

    private static final int CHARACTERS_AT_ONCE = 4096;
    /** Leads characters up to U+00FF, which Java keeps in one byte each. */
    private static final int LAST_NARROW_LEAD = 0xc3;

    private Utf8() {}

    /** Whether they are, by the letter: neither overlong forms nor surrogates. */
    public static boolean isValid(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(CHARACTERS_AT_ONCE, bytes.length + 1));
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        return !result.isError();
    }

    /** Whether a JSON text in these bytes makes strings of one byte a character; where it may make wider ones, not. */
    static boolean hasOnlyNarrow(byte[] json) {
        for (int i = 0; i < json.length; i++) {
            if ((json[i] & 0xff) > LAST_NARROW_LEAD || json[i] == '\\' && i + 1 < json.length && json[i + 1] == 'u') {
                return false;
            }
        }
        return true;
    }
}

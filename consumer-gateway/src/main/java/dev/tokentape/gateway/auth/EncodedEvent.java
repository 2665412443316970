package dev.tokentape.gateway.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tokentape.gateway.tape.Frame;

/**
 * What an encoded event is, as far as thinking goes, told from its bytes without reading all of it: its type stands
 * right behind its cursor, and that of a delta is the first to follow the name {@code delta}, since nothing before it
 * can hold a quotation mark that is not escaped.
 */
enum EncodedEvent {
    /** A piece of thinking, or its signature. */
    THOUGHT,
    /** A piece of anything else. */
    DELTA,
    /** Neither of a block nor of a whole answer. */
    NO_BLOCK,
    /** Must be read. */
    UNCLEAR;

    private static final byte[] ID = ascii("{\"id\":\"");
    private static final int AFTER_ID = "\",".length();
    private static final byte[] TYPE = ascii("\"type\":\"");
    private static final byte[] BLOCK = ascii("content_block_");
    private static final byte[] DELTA_EVENT = ascii("content_block_delta\"");
    private static final byte[] GAP = ascii("gap\"");
    private static final byte[] SNAPSHOT = ascii("snapshot\"");
    private static final byte[] DELTA_TYPE = ascii("\"delta\":{\"type\":\"");
    private static final byte[] THINKING = ascii("thinking\"");
    private static final byte[] SIGNATURE = ascii("signature\"");

    static EncodedEvent of(Frame frame) {
        byte[] json = frame.json();
        int type = frame.hasCursor() ? ID.length + frame.cursor().length() + AFTER_ID : 1;
        if (!at(json, type, TYPE)) {
            return UNCLEAR;
        }
        int name = type + TYPE.length;
        if (!at(json, name, DELTA_EVENT)) {
            return at(json, name, BLOCK) || at(json, name, GAP) || at(json, name, SNAPSHOT) ? UNCLEAR : NO_BLOCK;
        }
        int delta = find(json, name + DELTA_EVENT.length, DELTA_TYPE);
        if (delta < 0) {
            return UNCLEAR;
        }
        int kind = delta + DELTA_TYPE.length;
        return at(json, kind, THINKING) || at(json, kind, SIGNATURE) ? THOUGHT : DELTA;
    }

    private static int find(byte[] json, int from, byte[] wanted) {
        for (int i = from; i <= json.length - wanted.length; i++) {
            if (json[i + 1] == wanted[1] && at(json, i, wanted)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean at(byte[] json, int place, byte[] wanted) {
        if (place + wanted.length > json.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (json[place + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}

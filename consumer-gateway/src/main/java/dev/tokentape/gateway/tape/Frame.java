package dev.tokentape.gateway.tape;

/**
 * One event as clients get it, encoded once for all of them. The arrays are shared and must not be changed.
 *
 * @param cursor the event's id: reading after it gives what follows; {@link #NO_CURSOR} for a part of something whose
 *     last part alone has one
 * @param json the event as one JSON object, UTF-8, its first field {@code id} being the cursor, where it has one
 * @param terminal whether the event ends its response
 */
public record Frame(String cursor, byte[] json, boolean terminal) {

    /** Stands for "has none". */
    public static final String NO_CURSOR = "";

    /** Whether a reader can go on from behind it. */
    public boolean hasCursor() {
        return !cursor.isEmpty();
    }
}

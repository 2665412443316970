package dev.tokentape.gateway.tape;

/**
 * One event as clients get it, encoded once for all of them. The arrays are shared and must not be changed.
 *
 * @param cursor the event's id: reading after it gives what follows
 * @param json the event as one JSON object, UTF-8, its first field {@code id} being the cursor
 * @param terminal whether the event ends its response
 */
public record Frame(String cursor, byte[] json, boolean terminal) {}

package dev.tokentape.producer.provider.api;

/**
 * Follows JSON that comes in pieces just far enough to know whether its brackets and strings are all closed. Not a
 * validator: what it calls whole may still be wrong inside.
 */
public final class JsonExtent {

    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean seen;

    public void add(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            if (inString) {
                if (escaped) {
                    escaped = false;
                } else if (c == '\\') {
                    escaped = true;
                } else if (c == '"') {
                    inString = false;
                }
            } else {
                switch (c) {
                    case '"' -> inString = true;
                    case '{', '[' -> depth++;
                    case '}', ']' -> depth--;
                    default -> {}
                }
                seen |= !Character.isWhitespace(c);
            }
        }
    }

    /** Whether there was nothing but white space. */
    public boolean empty() {
        return !seen;
    }

    /** Whether nothing is open; also where there was nothing at all. */
    public boolean closed() {
        return depth <= 0 && !inString;
    }
}

package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.DeltaType;
import java.util.EnumMap;
import java.util.Map;

/**
 * Halves of characters that wait for the other: an API may cut its text within a surrogate pair, but half a pair has no
 * form in UTF-8. One half that never meets the other becomes U+FFFD, the replacement character. For one block; its
 * kinds of deltas are texts of their own.
 */
final class SurrogateHalves {

    static final String REPLACEMENT = "\uFFFD";

    private final Map<DeltaType, Character> waiting = new EnumMap<>(DeltaType.class);

    /** What can be said now, whole characters only: with the half that waited, without one that has to wait. */
    String joined(DeltaType type, String piece) {
        Character first = waiting.remove(type);
        String text = first == null ? piece : first + piece;
        int end = text.length();
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            waiting.put(type, text.charAt(--end));
        }
        return wellFormed(text.substring(0, end));
    }

    /** The kinds of delta of which a half has waited in vain. */
    Iterable<DeltaType> left() {
        return waiting.keySet();
    }

    boolean none() {
        return waiting.isEmpty();
    }

    /** The text with a replacement character for each half that stands alone. */
    static String wellFormed(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                mended = mended == null ? new StringBuilder(text) : mended;
                mended.setCharAt(i, REPLACEMENT.charAt(0));
            }
        }
        return mended == null ? text : mended.toString();
    }
}

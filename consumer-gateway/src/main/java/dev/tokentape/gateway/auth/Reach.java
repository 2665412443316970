package dev.tokentape.gateway.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where, in the order of conversation ids, those lie that patterns can match, judged by how the patterns begin. */
final class Reach {

    /** Greater than every character of an id. */
    private static final char BEHIND_ALL = '\u007f';

    private Reach() {}

    /** The least place from {@code after} on behind which such ids can come; null if none does. */
    static @Nullable String skip(List<String> patterns, String after) {
        String least = null;
        for (String pattern : patterns) {
            int star = pattern.indexOf('*');
            String beginning = star < 0 ? pattern : pattern.substring(0, star);
            String place;
            if (after.compareTo(beginning) < 0) {
                place = before(beginning);
                place = place.compareTo(after) > 0 ? place : after;
            } else if (after.startsWith(beginning) && star >= 0) {
                place = after;
            } else {
                continue;
            }
            least = least == null || place.compareTo(least) < 0 ? place : least;
        }
        return least;
    }

    /** A place that no id lies between and the given one. */
    private static String before(String id) {
        int last = id.length() - 1;
        return id.substring(0, last) + (char) (id.charAt(last) - 1) + BEHIND_ALL;
    }
}

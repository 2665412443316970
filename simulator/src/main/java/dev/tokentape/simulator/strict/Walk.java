package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks through JSON for the first thing that is wrong, and says where it stands as vendors do. */
final class Walk {

    /** Looks at one element. */
    @FunctionalInterface
    interface Visitor {

        /** What is wrong with it; null if nothing is. */
        @Nullable
        String at(JsonNode element, String path);
    }

    private Walk() {}

    /** The first complaint about an array's elements, called {@code path.0}, {@code path.1}, ... */
    static @Nullable String dotted(JsonNode array, String path, Visitor visitor) {
        return elements(array, path + ".", "", visitor);
    }

    /** The first complaint about an array's elements, called {@code path[0]}, {@code path[1]}, ... */
    static @Nullable String bracketed(JsonNode array, String path, Visitor visitor) {
        return elements(array, path + "[", "]", visitor);
    }

    private static @Nullable String elements(JsonNode array, String before, String after, Visitor visitor) {
        if (!array.isArray()) {
            return null;
        }
        for (int index = 0; index < array.size(); index++) {
            String complaint = visitor.at(array.get(index), before + index + after);
            if (complaint != null) {
                return complaint;
            }
        }
        return null;
    }

    /** The first member of an object which is not among those known; null if all are. */
    static @Nullable String stranger(JsonNode object, Set<String> known) {
        for (var member : object.properties()) {
            if (!known.contains(member.getKey())) {
                return member.getKey();
            }
        }
        return null;
    }

    /** The text of a member, empty if it is none. */
    static String text(JsonNode object, String member) {
        return object.path(member).asText("");
    }

    /** Whether a text is base64, as standard alphabet with or without padding. */
    static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return !text.isEmpty();
        } catch (IllegalArgumentException otherwise) {
            return false;
        }
    }
}

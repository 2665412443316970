package dev.tokentape.simulator.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with places to fill in, each written as a dollar sign and a name of lower-case letters. */
final class Template {

    private static final Pattern PLACE = Pattern.compile("\\$([a-z]+)");

    /** Literal text and names of places by turns; the first and the last are literals. */
    private final List<String> parts;

    private Template(List<String> parts) {
        this.parts = List.copyOf(parts);
    }

    static Template of(String text) {
        var parts = new ArrayList<String>();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find()) {
            parts.add(text.substring(from, place.start()));
            parts.add(place.group(1));
            from = place.end();
        }
        parts.add(text.substring(from));
        return new Template(parts);
    }

    /** The template with those places filled in for which there is a value. */
    Template with(Map<String, String> values) {
        var text = new StringBuilder();
        var result = new ArrayList<String>();
        for (int at = 0; at < parts.size(); at++) {
            String value = at % 2 == 0 ? parts.get(at) : values.get(parts.get(at));
            if (value != null) {
                text.append(value);
            } else {
                result.add(text.toString());
                result.add(parts.get(at));
                text.setLength(0);
            }
        }
        result.add(text.toString());
        return new Template(result);
    }

    boolean has(String name) {
        for (int at = 1; at < parts.size(); at += 2) {
            if (parts.get(at).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The text with each place filled in.
     *
     * @throws IllegalArgumentException if there is no value for a place
     */
    String fill(Map<String, String> values) {
        var text = new StringBuilder(256);
        for (int at = 0; at < parts.size(); at++) {
            boolean literal = at % 2 == 0;
            String value = literal ? parts.get(at) : values.get(parts.get(at));
            if (value == null) {
                throw new IllegalArgumentException("there is no value for $" + parts.get(at));
            }
            text.append(value);
        }
        return text.toString();
    }
}

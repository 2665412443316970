package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tokentape.producer.provider.api.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON object from values that come one by one, each with its path, such as {@code $.trip.stops[0].city}; a
 * string may come in several pieces. What is written is given out at once, so the values must come in the order of the
 * text that they make.
 */
final class PartialArguments {

    private static final int MOST_LEVELS = 100;
    private static final Pattern STEP = Pattern.compile("\\.([^.\\[\\]]+)|\\[(\\d+)]|\\['([^']*)']|\\[\"([^\"]*)\"]");

    /** One step of a path: a field's name, or a place in an array. */
    private record Step(String name, boolean place) {}

    private static final class Level {
        private final @Nullable Step step;
        private final boolean array;
        private final Set<String> written = new HashSet<>();

        private Level(@Nullable Step step, boolean array) {
            this.step = step;
            this.array = array;
        }
    }

    private final List<Level> levels = new ArrayList<>();
    private List<Step> openString = List.of();

    /** The text that the next value adds; null if it has no place any more. */
    @Nullable
    String add(JsonNode value) {
        List<Step> path = steps(value.path("jsonPath").asText(""));
        if (path == null) {
            return null;
        }
        StringBuilder out = new StringBuilder();
        boolean more = value.path("willContinue").asBoolean(false);
        JsonNode string = value.get("stringValue");
        if (!openString.isEmpty() && openString.equals(path)) {
            out.append(inside(string == null ? "" : string.asText()));
            closeString(out, !more);
            return out.toString();
        }
        closeString(out, true);
        if (!reach(path, out)) {
            return null;
        }
        if (string != null) {
            out.append('"').append(inside(string.asText()));
            openString = path;
            closeString(out, !more);
        } else {
            out.append(plain(value));
        }
        return out.toString();
    }

    /** The text that ends the object. */
    String end() {
        StringBuilder out = new StringBuilder();
        closeString(out, true);
        if (levels.isEmpty()) {
            out.append('{');
            levels.add(new Level(null, false));
        }
        closeDownTo(0, out);
        return out.toString();
    }

    private void closeString(StringBuilder out, boolean now) {
        if (now && !openString.isEmpty()) {
            out.append('"');
            openString = List.of();
        }
    }

    /** Closes and opens levels until the value at the path may be written; whether it may. */
    private boolean reach(List<Step> path, StringBuilder out) {
        if (levels.isEmpty()) {
            levels.add(new Level(null, false));
            out.append('{');
        }
        int common = 1;
        while (common < levels.size()
                && common < path.size()
                && Objects.equals(levels.get(common).step, path.get(common - 1))) {
            common++;
        }
        closeDownTo(common, out);
        for (int i = common - 1; i < path.size(); i++) {
            if (!enter(path.get(i), out)) {
                return false;
            }
            if (i < path.size() - 1) {
                boolean array = path.get(i + 1).place();
                levels.add(new Level(path.get(i), array));
                out.append(array ? '[' : '{');
            }
        }
        return true;
    }

    private boolean enter(Step step, StringBuilder out) {
        Level level = levels.getLast();
        if (level.array != step.place()
                || level.array && !step.name().equals(String.valueOf(level.written.size()))
                || !level.written.add(step.name())) {
            return false;
        }
        if (level.written.size() > 1) {
            out.append(',');
        }
        if (!level.array) {
            out.append(quoted(step.name())).append(':');
        }
        return true;
    }

    private void closeDownTo(int depth, StringBuilder out) {
        while (levels.size() > depth) {
            out.append(levels.removeLast().array ? ']' : '}');
        }
    }

    private static @Nullable List<Step> steps(String path) {
        List<Step> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(path);
        int at = path.startsWith("$") ? 1 : 0;
        while (at < path.length() && matcher.find(at) && matcher.start() == at) {
            boolean place = matcher.group(2) != null;
            String name = place ? matcher.group(2) : matcher.group(1);
            name = name != null ? name : matcher.group(3);
            steps.add(new Step(name != null ? name : matcher.group(4), place));
            at = matcher.end();
        }
        boolean readable = at == path.length() && !steps.isEmpty() && steps.size() <= MOST_LEVELS;
        return readable ? steps : null;
    }

    private static String plain(JsonNode value) {
        for (String field : List.of("numberValue", "boolValue", "structValue", "listValue")) {
            if (value.hasNonNull(field)) {
                return Json.write(value.get(field));
            }
        }
        return "null";
    }

    private static String quoted(String text) {
        return Json.write(JsonNodeFactory.instance.textNode(text));
    }

    private static String inside(String text) {
        String quoted = quoted(text);
        return quoted.substring(1, quoted.length() - 1);
    }
}

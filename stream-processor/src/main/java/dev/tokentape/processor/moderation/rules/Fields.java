package dev.tokentape.processor.moderation.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one mapping, and notes what is wrong with them instead of stopping. */
final class Fields {

    private final String owner;
    private final Yaml.Mapping mapping;
    private final List<RuleProblem> problems;
    private final Set<String> unread;

    Fields(String owner, Yaml.Mapping mapping, List<RuleProblem> problems) {
        this.owner = owner;
        this.mapping = mapping;
        this.problems = problems;
        this.unread = new LinkedHashSet<>(mapping.fields().keySet());
    }

    int line() {
        return mapping.line();
    }

    int lineOf(String name) {
        Yaml value = mapping.fields().get(name);
        return value == null ? mapping.line() : value.line();
    }

    boolean has(String name) {
        return mapping.fields().containsKey(name);
    }

    void problem(int line, String message) {
        problems.add(new RuleProblem(line, owner + message));
    }

    String text(String name, String otherwise) {
        return switch (read(name)) {
            case null -> otherwise;
            case Yaml.Scalar(String text, int _) -> text;
            case Yaml other -> {
                problem(other.line(), name + " must be one text");
                yield otherwise;
            }
        };
    }

    /** A text, or a list of texts. */
    List<String> texts(String name, List<String> otherwise) {
        return switch (read(name)) {
            case null -> otherwise;
            case Yaml.Scalar(String text, int _) -> text.isEmpty() ? List.of() : List.of(text);
            case Yaml.Sequence(List<Yaml> items, int _) -> {
                List<String> texts = new ArrayList<>();
                for (Yaml item : items) {
                    if (item instanceof Yaml.Scalar(String text, int _)) {
                        texts.add(text);
                    } else {
                        problem(item.line(), name + " must be a list of texts");
                    }
                }
                yield texts;
            }
            case Yaml.Mapping other -> {
                problem(other.line(), name + " must be a list of texts");
                yield otherwise;
            }
        };
    }

    boolean flag(String name, boolean otherwise) {
        String text = text(name, String.valueOf(otherwise));
        if (!text.equals("true") && !text.equals("false")) {
            problem(lineOf(name), name + " must be true or false, not " + text);
        }
        return text.equals("true");
    }

    int number(String name, int otherwise, int least, int most) {
        String text = text(name, String.valueOf(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers out of range.
        }
        if (has(name)) {
            problem(lineOf(name), name + " must be a number from " + least + " to " + most + ", not " + text);
        }
        return otherwise;
    }

    <T> T oneOf(String name, Map<String, T> words, T otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        String text = text(name, "");
        T value = words.get(text);
        if (value == null) {
            problem(lineOf(name), name + " must be one of " + String.join(", ", words.keySet()) + ", not " + text);
            return otherwise;
        }
        return value;
    }

    private @Nullable Yaml read(String name) {
        unread.remove(name);
        return mapping.fields().get(name);
    }

    /** Null if it is not there. */
    Yaml.@Nullable Mapping mapping(String name) {
        return switch (read(name)) {
            case null -> null;
            case Yaml.Mapping found -> found;
            case Yaml other -> {
                problem(other.line(), name + " must be a mapping");
                yield null;
            }
        };
    }

    /** To be called last: names the fields that nobody asked for. */
    void refuseOthers() {
        for (String name : unread) {
            problem(lineOf(name), "the field " + name + " is not known");
        }
    }

    List<Yaml> items(String name) {
        return switch (read(name)) {
            case null -> List.of();
            case Yaml.Sequence(List<Yaml> items, int _) -> items;
            case Yaml.Scalar(String text, int _) when text.isEmpty() -> List.of();
            case Yaml other -> {
                problem(other.line(), name + " must be a list");
                yield List.of();
            }
        };
    }
}

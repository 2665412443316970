package dev.tokentape.gateway.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read by name. What is wrong is noted, not thrown, so that all of it can be reported at
 * once; what nobody asked for is refused by name at the end.
 */
public final class BodyFields {

    private final ObjectNode object;
    private final String pointer;
    private final BodyFaults faults;
    private final TreeSet<String> known = new TreeSet<>();

    /**
     * @param pointer the object's own place, as a JSON pointer
     * @param faults where to note what is wrong
     */
    public BodyFields(ObjectNode object, String pointer, BodyFaults faults) {
        this.object = object;
        this.pointer = pointer;
        this.faults = faults;
    }

    public boolean has(String name) {
        return present(name) != null;
    }

    public @Nullable String text(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        return value.isTextual() ? value.textValue() : wrong(name, "a string", value);
    }

    public @Nullable String text(String name, int maxLength) {
        String text = text(name);
        if (text != null && text.length() > maxLength) {
            fault(name, "has %d characters, at most %d are allowed".formatted(text.length(), maxLength));
        }
        return text;
    }

    /** A string that must be there and not be empty; "" where it is not. */
    public String requiredText(String name, int maxLength) {
        if (present(name) == null) {
            fault(name, "is missing");
            return "";
        }
        String text = text(name, maxLength);
        if (text != null && text.isEmpty()) {
            fault(name, "is empty");
        }
        return text == null ? "" : text;
    }

    /** The same under either of two names, of which the second is another word for it. */
    public String requiredText(String name, String alias, int maxLength) {
        boolean named = present(name) != null;
        if (present(alias) == null) {
            return requiredText(name, maxLength);
        }
        if (named) {
            fault(alias, "is another word for %s; give one of them".formatted(name));
        }
        return requiredText(alias, maxLength);
    }

    public @Nullable Integer integer(String name, int min, int max) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            return wrong(name, "a whole number", value);
        }
        if (!value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            fault(name, "is %s, expected %d to %d".formatted(value.asText(), min, max));
            return null;
        }
        return value.intValue();
    }

    public @Nullable Double number(String name, double min, double max) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            return wrong(name, "a number", value);
        }
        double number = value.doubleValue();
        if (!(number >= min && number <= max)) {
            fault(name, "is %s, expected %s to %s".formatted(value.asText(), min, max));
            return null;
        }
        return number;
    }

    public @Nullable Boolean flag(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        return value.isBoolean() ? Boolean.valueOf(value.booleanValue()) : wrong(name, "true or false", value);
    }

    public @Nullable ObjectNode object(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        return value instanceof ObjectNode found ? found : wrong(name, "an object", value);
    }

    /** The elements of an array, none if it is not there. */
    public List<JsonNode> list(String name, int maxElements) {
        JsonNode value = present(name);
        List<JsonNode> elements = new ArrayList<>();
        if (value == null) {
            return elements;
        }
        if (!value.isArray()) {
            wrong(name, "an array", value);
            return elements;
        }
        if (value.size() > maxElements) {
            fault(name, "has %d elements, at most %d are allowed".formatted(value.size(), maxElements));
            return elements;
        }
        value.forEach(elements::add);
        return elements;
    }

    /** Whatever is there. */
    public @Nullable JsonNode any(String name) {
        return present(name);
    }

    /** Notes a fault of one field. */
    public void fault(String name, String detail) {
        faults.add(pointerTo(name), detail);
    }

    public String pointerTo(String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** Notes every field that was not asked for. To be called last. */
    public void refuseOthers() {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                faults.unknown(pointerTo(name), known);
            }
        }
    }

    /** What kind of JSON a value is, for people. */
    public static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case BOOLEAN, NULL, NUMBER, STRING -> value.getNodeType().name().toLowerCase(Locale.ROOT);
            case BINARY, MISSING, POJO -> "nothing";
        };
    }

    private <T> @Nullable T wrong(String name, String expected, JsonNode value) {
        fault(name, "expected %s, found %s".formatted(expected, kind(value)));
        return null;
    }

    private @Nullable JsonNode present(String name) {
        known.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }
}

package dev.tokentape.benchmarks.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a benchmark found: a table whose first column says what was measured, and what was the load on the machine. */
public final class Figures {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final List<Row> rows = new ArrayList<>();
    private final double loadBefore = load();

    public Figures(String name) {
        this.name = name;
    }

    /** One measurement: values by their column. Not thread-safe. */
    public static final class Row {
        private final Map<String, Object> cells = new LinkedHashMap<>();

        private Row(String what) {
            cells.put("measured", what);
        }

        public Row put(String column, long value) {
            cells.put(column, value);
            return this;
        }

        /** Rounded to two digits. */
        public Row put(String column, double value) {
            cells.put(column, Math.round(value * 100) / 100.0);
            return this;
        }

        Row put(String column, boolean value) {
            cells.put(column, value);
            return this;
        }
    }

    /** One more measurement. */
    public Row row(String what) {
        Row row = new Row(what);
        rows.add(row);
        return row;
    }

    /** Lines for people, as a Markdown table. */
    public List<String> lines() {
        Set<String> columns = rows.stream()
                .flatMap(row -> row.cells.keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        List<String> lines = new ArrayList<>();
        lines.add("bench %s: %d processors, Java %s, system load %.1f before and %.1f after"
                .formatted(name, Runtime.getRuntime().availableProcessors(), Runtime.version(), loadBefore, load()));
        lines.add("");
        lines.add("| " + String.join(" | ", columns) + " |");
        lines.add("|" + "---|".repeat(columns.size()));
        for (Row row : rows) {
            lines.add("| "
                    + columns.stream()
                            .map(column -> cell(row.cells.get(column)))
                            .collect(Collectors.joining(" | "))
                    + " |");
        }
        return lines;
    }

    /** For machines. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode()
                .put("bench", name)
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("java", Runtime.version().toString())
                .put("load_before", loadBefore)
                .put("load_after", load());
        rows.forEach(row -> json.withArray("/rows").add(JSON.valueToTree(row.cells)));
        return json;
    }

    private static String cell(@org.jspecify.annotations.Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Long number -> String.format(Locale.ROOT, "%,d", number);
            case Double number -> String.format(Locale.ROOT, "%,.2f", number);
            default -> value.toString();
        };
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}

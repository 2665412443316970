package dev.tokentape.benchmarks.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What all rounds of one fault have shown. Not thread-safe. */
final class Findings {

    /** Shorter silences are those of a busy machine, and of readers whom the fault did not touch. */
    static final double LEAST_WAIT = 1.0;

    private final InstallationFault fault;
    private final List<Double> waits = new ArrayList<>();
    private final List<Double> toTheEnd = new ArrayList<>();
    private final Map<String, List<Double>> parts = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private int readers;
    private int rounds;
    private double load;

    Findings(InstallationFault fault) {
        this.fault = fault;
    }

    InstallationFault fault() {
        return fault;
    }

    void round() {
        rounds++;
        load = Math.max(load, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    void reader(Wait wait) {
        readers++;
        if (wait.seconds() >= LEAST_WAIT) {
            waits.add(wait.seconds());
            toTheEnd.add(wait.toTheEnd() / 1e9);
            if (wait.leaving() > 0) {
                part("until the client left", wait.leaving() / 1e9);
            }
            part("from the tape to the reader", wait.delivery() / 1e9);
        }
    }

    /** A wait of something other than a reader. */
    void waited(double seconds) {
        readers++;
        waits.add(seconds);
    }

    /** A part of the waits, in seconds. */
    void part(String name, double seconds) {
        parts.computeIfAbsent(name, _ -> new ArrayList<>()).add(seconds);
    }

    void wrong(String words) {
        wrong.add(words);
    }

    List<String> wrong() {
        return wrong;
    }

    List<String> cells() {
        return List.of(
                fault.description(),
                Integer.toString(rounds),
                "%d of %d".formatted(waits.size(), readers),
                seconds(median(waits)),
                seconds(worst(waits)),
                seconds(median(toTheEnd)),
                parts.entrySet().stream()
                        .map(part -> "%s %s (%s)"
                                .formatted(
                                        part.getKey(),
                                        seconds(median(part.getValue())),
                                        seconds(worst(part.getValue()))))
                        .collect(Collectors.joining(", ")),
                String.format(Locale.ROOT, "%.1f", load));
    }

    void addTo(ArrayNode rows) {
        ObjectNode row = rows.addObject()
                .put("fault", fault.toString())
                .put("rounds", rounds)
                .put("readers", readers)
                .put("readers_that_waited", waits.size())
                .put("median_seconds", median(waits))
                .put("worst_seconds", worst(waits))
                .put("median_to_the_end_seconds", median(toTheEnd))
                .put("load", load);
        ObjectNode made = row.putObject("made_of");
        parts.forEach((name, values) ->
                made.putObject(name).put("median_seconds", median(values)).put("worst_seconds", worst(values)));
        wrong.forEach(row.putArray("wrong")::add);
    }

    static double median(List<Double> values) {
        return values.isEmpty() ? 0 : values.stream().sorted().toList().get(values.size() / 2);
    }

    static double worst(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}

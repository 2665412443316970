package dev.tokentape.standalone.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The figures of two answers, one shown and one at full speed, as a table and as JSON. */
record FiguresTable(DemoFigures shown, DemoFigures fast) {

    private static final String ROW = "%-32s %12s %12s   %12s %12s";

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(ROW.formatted("", "answer above", "", "fast answer", ""));
        lines.add(ROW.formatted("", "provider", "as read", "provider", "as read"));
        lines.add(row("TTFT  time to first token", DemoFigures.Pace::ttft));
        lines.add(row("TBT   between tokens, p50", DemoFigures.Pace::tbtP50));
        lines.add(row("TBT   between tokens, p99", DemoFigures.Pace::tbtP99));
        lines.add(ROW.formatted(
                "TPS   tokens per second",
                rate(shown.provider()),
                rate(shown.reader()),
                rate(fast.provider()),
                rate(fast.reader())));
        lines.add(row("TTLT  time to last token", DemoFigures.Pace::ttlt));
        lines.add(ROW.formatted("added by the pipeline, p50", "", time(shown.addedP50()), "", time(fast.addedP50())));
        lines.add(ROW.formatted("added by the pipeline, p99", "", time(shown.addedP99()), "", time(fast.addedP99())));
        lines.add(ROW.formatted("events measured", "", shown.events(), "", fast.events()));
        return lines.stream().map(String::stripTrailing).toList();
    }

    private String row(String name, ToLongFunction<DemoFigures.Pace> value) {
        return ROW.formatted(
                name,
                time(value.applyAsLong(shown.provider())),
                time(value.applyAsLong(shown.reader())),
                time(value.applyAsLong(fast.provider())),
                time(value.applyAsLong(fast.reader())));
    }

    static String time(long micros) {
        return micros >= 10_000_000
                ? "%.1f s".formatted(micros / 1e6)
                : micros >= 1_000_000 ? "%.2f s".formatted(micros / 1e6) : "%.1f ms".formatted(micros / 1e3);
    }

    private static String rate(DemoFigures.Pace pace) {
        return "%.1f".formatted(pace.tps());
    }

    /** Times in milliseconds. */
    static ObjectNode json(DemoFigures figures, ObjectMapper mapper) {
        ObjectNode json = mapper.createObjectNode().put("events", figures.events());
        pace(json.putObject("provider"), figures.provider());
        pace(json.putObject("as_read"), figures.reader());
        json.putObject("added_ms")
                .put("p50", millis(figures.addedP50()))
                .put("p99", millis(figures.addedP99()))
                .put("max", millis(figures.addedMax()));
        return json;
    }

    private static void pace(ObjectNode json, DemoFigures.Pace pace) {
        json.put("ttft_ms", millis(pace.ttft()))
                .put("tbt_p50_ms", millis(pace.tbtP50()))
                .put("tbt_p99_ms", millis(pace.tbtP99()))
                .put("tps", Double.parseDouble(String.format(Locale.ROOT, "%.2f", pace.tps())))
                .put("ttlt_ms", millis(pace.ttlt()));
    }

    private static double millis(long micros) {
        return micros / 1e3;
    }
}

package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.benchmarks.bench.Figures;
import java.util.ArrayList;
import java.util.List;

/** A table of figures as a report. */
public record TableReport(Figures figures) implements PipelineReport {

    /** With an empty line behind it, since several may follow each other. */
    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>(figures.lines());
        lines.add("");
        return lines;
    }

    @Override
    public ObjectNode json() {
        return figures.json();
    }
}

package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What a benchmark has found. */
public interface PipelineReport {

    /** For people. */
    List<String> lines();

    /** For machines. */
    ObjectNode json();
}

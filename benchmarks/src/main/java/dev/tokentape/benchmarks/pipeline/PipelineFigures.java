package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.cli.client.TapeClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The outcome of the pipeline benchmark. */
public final class PipelineFigures implements PipelineReport {

    private final int tokensPerSecond;
    private final HopTimes times;

    private PipelineFigures(int tokensPerSecond, HopTimes times) {
        this.tokensPerSecond = tokensPerSecond;
        this.times = times;
    }

    /**
     * Measures.
     *
     * @param provider name of a provider that is a simulator
     * @param warmUp how long to run before measuring, so that the code is compiled
     * @throws BenchException if an answer does not come to its end
     */
    public static PipelineFigures measure(
            TapeClient client, String provider, int tokensPerSecond, Duration warmUp, Duration length)
            throws IOException, InterruptedException {
        PipelineBench bench = new PipelineBench(client, provider, tokensPerSecond);
        if (!warmUp.isZero()) {
            bench.run(warmUp);
        }
        return new PipelineFigures(tokensPerSecond, bench.run(length));
    }

    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("one answer at %d tokens/s, %d events".formatted(tokensPerSecond, times.events()));
        lines.addAll(times.table());
        return lines;
    }

    @Override
    public ObjectNode json() {
        return times.json().put("tokens_per_second", tokensPerSecond);
    }
}

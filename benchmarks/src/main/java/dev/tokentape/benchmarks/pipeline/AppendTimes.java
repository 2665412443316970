package dev.tokentape.benchmarks.pipeline;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The meters of a measured producer, which keep how long each event of one provider took to be acknowledged since they
 * were last asked, to three digits. Thread-safe.
 */
final class AppendTimes extends SimpleMeterRegistry {

    private static final String APPEND = "tokentape.producer.append";

    private final String provider;
    private final Recorder micros = new Recorder(3);

    AppendTimes(String provider) {
        this.provider = provider;
    }

    /** Times in microseconds since the last call. */
    Histogram sinceLast() {
        return micros.getIntervalHistogram();
    }

    /** Events acknowledged since the start. */
    long events() {
        Timer timer = find(APPEND).tag("provider", provider).timer();
        return timer == null ? 0 : timer.count();
    }

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauseDetector) {
        if (!id.getName().equals(APPEND) || !provider.equals(id.getTag("provider"))) {
            return super.newTimer(id, config, pauseDetector);
        }
        DistributionStatisticConfig plain = DistributionStatisticConfig.builder()
                .percentilesHistogram(false)
                .build()
                .merge(config);
        return new CumulativeTimer(id, clock, plain, pauseDetector, getBaseTimeUnit(), false) {
            @Override
            protected void recordNonNegative(long amount, TimeUnit unit) {
                super.recordNonNegative(amount, unit);
                micros.recordValue(unit.toMicros(amount));
            }
        };
    }
}

package dev.tokentape.simulator.http;

import dev.tokentape.simulator.answer.Recording;
import dev.tokentape.simulator.log.CallLog;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What all connections share. */
final class FrontState {

    final SimulatorConfig config;
    final @Nullable Recording recording;
    final InstantSource clock;
    final CallLog log;
    final PromptFailures failures = new PromptFailures();
    volatile boolean closing;

    FrontState(SimulatorConfig config, @Nullable Recording recording, InstantSource clock) {
        this.config = config;
        this.recording = recording;
        this.clock = clock;
        this.log = new CallLog(config.callLog(), clock);
    }
}

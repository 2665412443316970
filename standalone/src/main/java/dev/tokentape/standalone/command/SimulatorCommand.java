package dev.tokentape.standalone.command;

import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.SimulatorConfig;
import dev.tokentape.simulator.settings.SettingsReader;
import dev.tokentape.standalone.console.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a simulator: a stand-in for the LLM APIs. */
@Command(
        name = "simulator",
        description = "Run a stand-in for the LLM APIs, which speaks their wire formats; needs no Kafka.")
public final class SimulatorCommand extends ServiceCommand<SimulatorConfig> {

    private static final String USUAL_PORT = "8090";
    private static final List<String> KEYS = Stream.concat(
                    Stream.of("host", "port", "threads", "call-log", "require-key", "replay"),
                    SettingsReader.KEYS.stream())
            .toList();

    @Option(
            names = "--port",
            description = "Where to listen; 0 for any free port. Default " + USUAL_PORT + " (simulator.port).")
    private @Nullable Integer port;

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = "Answer every request with this recorded body, paced.")
    private @Nullable Path replay;

    public SimulatorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    SimulatorConfig configuration(Settings settings) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("simulator.port", USUAL_PORT);
        for (String key : KEYS) {
            String value = settings.optionalText(SimulatorConfig.PREFIX + key);
            if (value != null) {
                values.put(SimulatorConfig.PREFIX + key, value);
            }
        }
        if (port != null) {
            values.put("simulator.port", port.toString());
        }
        if (replay != null) {
            values.put("simulator.replay", replay.toString());
        }
        try {
            return SimulatorConfig.from(values);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingsException(List.of(String.valueOf(e.getMessage())));
        }
    }

    @Override
    String start(SimulatorConfig configuration, Settings settings, Deque<AutoCloseable> running) throws IOException {
        Simulator simulator = keep(running, Simulator.start(configuration));
        return "simulator ready at " + simulator.baseUrl();
    }
}

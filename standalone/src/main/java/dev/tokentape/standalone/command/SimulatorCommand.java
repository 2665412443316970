package dev.tokentape.standalone.command;

import dev.tokentape.cli.command.PortConverter;
import dev.tokentape.cli.command.ServiceCommand;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.lifecycle.CloseStack;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import dev.tokentape.standalone.stack.LocalSimulator;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a simulator: a stand-in for the LLM APIs. */
@Command(
        name = "simulator",
        description = "Run a stand-in for the LLM APIs, which speaks their wire formats; needs no Kafka.")
public final class SimulatorCommand extends ServiceCommand<SimulatorConfig> {

    @Option(
            names = "--port",
            converter = PortConverter.class,
            description = "Where to listen; 0 for any free port. Default: simulator.port, else 8090.")
    private @Nullable Integer port;

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = "Answer every request with this recorded body, paced.")
    private @Nullable Path replay;

    @Option(
            names = "--lenient",
            description =
                    "Answer request bodies too that the vendors refuse. Default: simulator.strict, else refuse them.")
    private boolean lenient;

    public SimulatorCommand(Terminal terminal) {
        super(terminal, Service.SIMULATOR, false);
    }

    @Override
    protected void asSettings() {
        if (port != null) {
            options.put("simulator.port", port.toString());
        }
        if (replay != null) {
            options.put("simulator.replay", replay.toString());
        }
        if (lenient) {
            options.put("simulator.strict", "false");
        }
    }

    @Override
    protected SimulatorConfig configuration(Settings settings) {
        return LocalSimulator.configuration(settings);
    }

    @Override
    protected String start(SimulatorConfig configuration, CloseStack running) throws IOException {
        Simulator simulator = running.push("simulator", Simulator.start(configuration));
        return "simulator ready at " + simulator.baseUrl();
    }
}

package dev.tokentape.cli.command;

import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.operations.OperationsServer;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import picocli.CommandLine.Command;

/** Runs a processor: admits requests, releases tokens, assembles answers. */
@Command(
        name = "processor",
        description =
                "Run a processor: admits requests and releases tokens, against the Kafka of KAFKA_BOOTSTRAP_SERVERS.")
public final class ProcessorCommand extends WorkerCommand<ProcessorConfig, TokenProcessor> {

    public ProcessorCommand(Terminal terminal) {
        super(terminal, Service.PROCESSOR, TokenProcessor::ready);
    }

    @Override
    OperationsServer.Address operations(Settings settings) {
        return OperationsServer.Address.ofProcessor(settings);
    }

    @Override
    ProcessorConfig serviceConfiguration(Settings settings) {
        return ProcessorConfig.from(settings);
    }

    @Override
    protected TokenProcessor start(ProcessorConfig configuration, MeterRegistry meters) {
        return TokenProcessor.start(configuration, meters);
    }
}

package dev.tokentape.standalone.command;

import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.standalone.console.Terminal;
import dev.tokentape.standalone.operations.OperationsServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Runs a processor: admits requests, releases tokens, assembles answers. */
@Command(
        name = "processor",
        description =
                "Run a processor: admits requests and releases tokens, against the Kafka of KAFKA_BOOTSTRAP_SERVERS.")
public final class ProcessorCommand extends ServiceCommand<ProcessorCommand.Configuration> {

    /** That of the service and of its operations server. */
    record Configuration(ProcessorConfig processor, OperationsServer.Address operations) {}

    public ProcessorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Configuration configuration(Settings settings) {
        OperationsServer.Address operations = OperationsServer.Address.from(settings);
        return new Configuration(ProcessorConfig.from(settings), operations);
    }

    @Override
    String start(Configuration configuration, Settings settings, Deque<AutoCloseable> running) throws Exception {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AtomicReference<@Nullable TokenProcessor> service = new AtomicReference<>();
        OperationsServer operations = keep(running, OperationsServer.start(configuration.operations(), meters, () -> {
            TokenProcessor started = service.get();
            return started != null && started.ready();
        }));
        service.set(keep(running, TokenProcessor.start(configuration.processor(), meters)));
        return "processor ready; health and metrics at http://"
                + configuration.operations().host() + ":" + operations.port();
    }
}

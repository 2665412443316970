package dev.tokentape.standalone.command;

import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.standalone.console.Terminal;
import dev.tokentape.standalone.operations.OperationsServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Runs a producer: calls the LLM APIs and puts what they answer on the tape. */
@Command(
        name = "producer",
        description = "Run a producer: calls the LLM APIs, against the Kafka of KAFKA_BOOTSTRAP_SERVERS.")
public final class ProducerCommand extends ServiceCommand<ProducerCommand.Configuration> {

    /** That of the service and of its operations server. */
    record Configuration(ProducerConfig producer, OperationsServer.Address operations) {}

    public ProducerCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Configuration configuration(Settings settings) {
        OperationsServer.Address operations = OperationsServer.Address.from(settings);
        return new Configuration(ProducerConfig.from(settings), operations);
    }

    @Override
    String start(Configuration configuration, Settings settings, Deque<AutoCloseable> running) throws Exception {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AtomicReference<@Nullable TokenProducer> service = new AtomicReference<>();
        OperationsServer operations = keep(running, OperationsServer.start(configuration.operations(), meters, () -> {
            TokenProducer started = service.get();
            return started != null && started.ready();
        }));
        service.set(keep(running, TokenProducer.start(configuration.producer(), meters)));
        return "producer ready; health and metrics at http://"
                + configuration.operations().host() + ":" + operations.port();
    }
}

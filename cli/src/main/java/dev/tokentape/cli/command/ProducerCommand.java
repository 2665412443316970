package dev.tokentape.cli.command;

import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.console.Unfinished;
import dev.tokentape.cli.operations.OperationsServer;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import picocli.CommandLine.Command;

/** Runs a producer: calls the LLM APIs and puts what they answer on the tape. */
@Command(
        name = "producer",
        description = "Run a producer: calls the LLM APIs, against the Kafka of KAFKA_BOOTSTRAP_SERVERS.")
public final class ProducerCommand extends WorkerCommand<ProducerConfig, TokenProducer> {

    private volatile Duration drainTimeout = Duration.ZERO;

    public ProducerCommand(Terminal terminal) {
        super(terminal, Service.PRODUCER, TokenProducer::ready);
    }

    @Override
    OperationsServer.Address operations(Settings settings) {
        return OperationsServer.Address.ofProducer(settings);
    }

    @Override
    ProducerConfig serviceConfiguration(Settings settings) {
        return ProducerConfig.from(settings);
    }

    @Override
    protected TokenProducer start(ProducerConfig configuration, MeterRegistry meters) {
        drainTimeout = configuration.drainTimeout();
        return TokenProducer.start(configuration, meters);
    }

    @Override
    protected String unfinished() {
        TokenProducer producer = running();
        return producer == null ? "" : Unfinished.answers(producer.activeRuns(), drainTimeout);
    }
}

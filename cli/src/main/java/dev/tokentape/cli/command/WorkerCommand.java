package dev.tokentape.cli.command;

import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.operations.OperationsServer;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.lifecycle.CloseStack;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs a service without a public HTTP of its own; health and metrics stand beside it.
 *
 * @param <C> the service's configuration
 * @param <S> the service
 */
abstract class WorkerCommand<C, S extends AutoCloseable> extends ServiceCommand<WorkerCommand.Configuration<C>> {

    /** That of the service and of its operations server. */
    record Configuration<C>(C service, OperationsServer.Address operations) {}

    private final String name;
    private final Predicate<S> ready;
    private final AtomicReference<@Nullable S> running = new AtomicReference<>();

    WorkerCommand(Terminal terminal, Service service, Predicate<S> ready) {
        super(terminal, service, true);
        this.name = service.command();
        this.ready = ready;
    }

    abstract OperationsServer.Address operations(Settings settings);

    abstract C serviceConfiguration(Settings settings);

    abstract S start(C configuration, MeterRegistry meters);

    /** The service, once it is up. */
    final @Nullable S running() {
        return running.get();
    }

    @Override
    protected final Configuration<C> configuration(Settings settings) {
        OperationsServer.Address operations = operations(settings);
        return new Configuration<>(serviceConfiguration(settings), operations);
    }

    @Override
    protected final String start(Configuration<C> configuration, CloseStack closing) throws Exception {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        OperationsServer operations =
                closing.push("operations", OperationsServer.start(configuration.operations(), meters, () -> {
                    S started = running.get();
                    return started != null && ready.test(started);
                }));
        running.set(closing.push(name, start(configuration.service(), meters)));
        return name + " ready; health and metrics at http://"
                + configuration.operations().host() + ":" + operations.port();
    }
}

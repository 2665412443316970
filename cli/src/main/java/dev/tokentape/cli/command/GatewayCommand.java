package dev.tokentape.cli.command;

import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.gateway.Gateway;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.lifecycle.CloseStack;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import picocli.CommandLine.Command;

/** Runs a gateway: the public door. */
@Command(
        name = "gateway",
        description = "Run a gateway: the public HTTP door, against the Kafka of KAFKA_BOOTSTRAP_SERVERS.")
public final class GatewayCommand extends ServiceCommand<GatewayConfig> {

    public GatewayCommand(Terminal terminal) {
        super(terminal, Service.GATEWAY, true);
    }

    @Override
    protected GatewayConfig configuration(Settings settings) {
        return GatewayConfig.from(settings);
    }

    @Override
    protected String start(GatewayConfig configuration, CloseStack running) {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Gateway gateway = running.push("gateway", Gateway.start(configuration, meters));
        return "gateway ready at " + gateway.url();
    }
}

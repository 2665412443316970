package dev.tokentape.benchmarks.process;

import dev.tokentape.gateway.Gateway;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A gateway as a program: its settings are its arguments, {@code key=value} each. It ends with its standard input. */
final class GatewayMain {

    private GatewayMain() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Gateway gateway = Gateway.start(GatewayConfig.from(Settings.of(settings)), meters)) {
            System.out.println(gateway.url());
            while (System.in.read() >= 0) {
                // Nothing is said to it; the end of the input is its end.
            }
        }
    }
}

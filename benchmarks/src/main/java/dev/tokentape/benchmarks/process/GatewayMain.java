package dev.tokentape.benchmarks.process;

import dev.tokentape.gateway.Gateway;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A gateway as a program: its settings are its arguments, {@code key=value} each. Asked for a counter by name, one a
 * line, it answers with its sum over all labels. It ends with its standard input.
 */
final class GatewayMain {

    private GatewayMain() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Gateway gateway = Gateway.start(GatewayConfig.from(Settings.of(settings)), meters);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(gateway.url());
            for (String name = in.readLine(); name != null; name = in.readLine()) {
                System.out.println(meters.find(name).counters().stream()
                        .mapToDouble(Counter::count)
                        .sum());
            }
        }
    }
}

package dev.tokentape.gateway;

import dev.tokentape.schemas.config.Settings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A gateway in a process of its own, with a heap of 256 MB, that ends as soon as the heap does not suffice. */
final class SmallGateway implements AutoCloseable {

    private static final String LISTENS = "listens at ";

    private final Process process;
    private final URI url;

    private SmallGateway(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /** The process: settings as arguments, {@code key=value}. */
    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> settings = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        try (Gateway gateway = Gateway.start(
                GatewayConfig.from(Settings.of(settings)), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            System.out.println(LISTENS + gateway.url());
            Thread.currentThread().join();
        }
    }

    static SmallGateway start(Map<String, String> settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=dev.tokentape.schemas.avro",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SmallGateway.class.getName()));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(LISTENS)) {
                Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
                return new SmallGateway(process, URI.create(line.substring(LISTENS.length())));
            }
            said.append(line).append('\n');
        }
        throw new IllegalStateException("the gateway ended before it listened: " + said);
    }

    URI url() {
        return url;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

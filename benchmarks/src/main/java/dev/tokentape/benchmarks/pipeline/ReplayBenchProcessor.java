package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.cli.console.Logging;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The process of the processor that is killed: takes its settings as {@code key=value} arguments and says {@code
 * ready}.
 */
final class ReplayBenchProcessor {

    private ReplayBenchProcessor() {}

    public static void main(String[] arguments) throws IOException {
        Logging.quietKafka();
        Map<String, String> settings = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        try (TokenProcessor _ =
                TokenProcessor.start(ProcessorConfig.from(Settings.of(settings)), new SimpleMeterRegistry())) {
            System.out.println("ready");
            while (System.in.read() != -1) {}
        }
    }
}

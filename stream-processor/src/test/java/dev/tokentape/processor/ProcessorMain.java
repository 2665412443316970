package dev.tokentape.processor;

import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A processor alone in a process, to be killed; its settings are the arguments, each {@code key=value}. */
final class ProcessorMain {

    static final String READY = "processor is ready";

    private ProcessorMain() {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> given = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            given.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
        try (TokenProcessor _ =
                TokenProcessor.start(ProcessorConfig.from(Settings.of(given)), new SimpleMeterRegistry())) {
            System.out.println(READY);
            new CountDownLatch(1).await();
        }
    }
}

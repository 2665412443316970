package dev.tokentape.benchmarks.faults;

import dev.tokentape.cli.console.Logging;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker as a program: on a folder and a port, until it is killed. */
final class BrokerMain {

    static final String READY = "broker ready";

    private BrokerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Logging.quietKafka();
        try (EmbeddedKafka _ = EmbeddedKafka.start(
                EmbeddedKafkaConfig.in(Path.of(arguments[0])).withPort(Integer.parseInt(arguments[1])))) {
            System.out.println(READY);
            new CountDownLatch(1).await();
        }
    }
}

package dev.tokentape.gateway;

import dev.tokentape.gateway.command.KafkaCommands;
import dev.tokentape.gateway.history.ProcessorHistory;
import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.kafka.KafkaTape;
import dev.tokentape.gateway.watch.ReaderWatch;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.lifecycle.CloseStack;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;

/** Starts what stands behind a gateway's door: the tape, the way to Kafka for requests, and the stored turns. */
final class GatewayParts {

    private static final Duration READ_BACK_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private GatewayParts() {}

    /** @throws RuntimeException if one of them does not start: then none is left */
    static Gateway.Parts start(GatewayConfig config, MeterRegistry meters) {
        CloseStack opened = new CloseStack();
        try {
            return start(config, meters, opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static Gateway.Parts start(GatewayConfig config, MeterRegistry meters, CloseStack opened) {
        try (Admin admin = Admin.create(config.kafka().properties())) {
            new TopicAdmin(admin, config.topics()).require();
        }
        TapeCodec codec = new TapeCodec(SchemaRegistry.open(config.schemaRegistryUrl()), config.topics());
        codec.register(List.of(Topic.REQUESTS, Topic.CONTROL));
        ProcessorHistory history = opened.push("history", new ProcessorHistory(config.processorUrls()));
        Tape tape = opened.push(
                        "tape",
                        KafkaTape.start(
                                config.kafka(),
                                config.topics(),
                                codec,
                                TapeConfig.of(config.segmentBytes(), config.resumeWindow()),
                                turnsOf(history),
                                meters))
                .tape();
        awaitReady(tape);
        KafkaCommands commands = opened.push("commands", new KafkaCommands(config.kafka(), codec, config.topics()));
        ReaderWatch watch = opened.push(
                "watch",
                ReaderWatch.start(commands, tape, config.unwatchedGrace(), config.kafka(), config.topics(), codec));
        return new Gateway.Parts(tape, watch.commands(), history, opened);
    }

    private static HistorySource turnsOf(ProcessorHistory history) {
        return conversation -> history.turns(conversation)
                .thenApply(turns -> turns.stream()
                        .map(turn -> turn.toString().getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    private static void awaitReady(Tape tape) {
        long deadline = System.nanoTime() + READ_BACK_TIMEOUT.toNanos();
        while (!tape.ready()) {
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(
                        ("the gateway could not read its resume window back from Kafka within %d s: is the "
                                        + "broker up? A smaller gateway.resume-window reads less")
                                .formatted(READ_BACK_TIMEOUT.toSeconds()));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }
}

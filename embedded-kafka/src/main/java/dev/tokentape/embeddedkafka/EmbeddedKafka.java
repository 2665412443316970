package dev.tokentape.embeddedkafka;

import dev.tokentape.embeddedkafka.EmbeddedKafkaException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker and its controller, in KRaft mode, inside this process.
 *
 * <p>Its data survives {@link #close()} and is there again when the same directory is opened. One process at a time
 * may use a directory. Kafka logs much at INFO: set the loggers {@code org.apache.kafka}, {@code kafka} and {@code
 * state.change.logger} to WARN where that is not wanted.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);

    private final String bootstrapServers;
    private final Faults faults;
    private final ListenSockets sockets;
    private final DirectoryLock lock;
    private final Path logDirectory;
    private final Node node;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(
            String bootstrapServers,
            Faults faults,
            ListenSockets sockets,
            DirectoryLock lock,
            Path logDirectory,
            Node node) {
        this.bootstrapServers = bootstrapServers;
        this.faults = faults;
        this.sockets = sockets;
        this.lock = lock;
        this.logDirectory = logDirectory;
        this.node = node;
    }

    /**
     * Starts a broker and returns when it takes requests.
     *
     * @throws EmbeddedKafkaException if it cannot start; nothing is left running or locked then
     */
    public static EmbeddedKafka start(EmbeddedKafkaConfig config) {
        Path directory = config.directory();
        LogDirectory.claim(directory);
        DirectoryLock lock = DirectoryLock.take(directory, config.usedBy());
        Faults faults = new Faults();
        ListenSockets sockets = null;
        Node node = null;
        try {
            sockets = ListenSockets.bind(config.host(), config.port());
            Path logDirectory = LogDirectory.open(directory, ListenSockets.CONTROLLER_LISTENER);
            KafkaConfig settings = KafkaConfig.fromProps(BrokerSettings.of(config, logDirectory, sockets), false);
            node = new Node(settings, faults, sockets);
            run(node, faults);
            String address = BrokerSettings.address(config.host(), sockets.brokerPort());
            return new EmbeddedKafka(address, faults, sockets, lock, logDirectory, node);
        } catch (Throwable e) {
            release(directory.resolve("log"), node, sockets, faults, lock);
            throw e instanceof EmbeddedKafkaException known ? known : startFailed(directory, e);
        }
    }

    /**
     * Starts the node; a fault that Kafka only reports, while it keeps waiting for what will not come, ends this too.
     */
    private static void run(Node node, Faults faults) throws Throwable {
        CompletableFuture<Void> started = new CompletableFuture<>();
        Thread.ofPlatform().name("embedded-kafka-start").daemon().start(() -> {
            try {
                node.start();
                started.complete(null);
            } catch (Throwable e) {
                started.completeExceptionally(e);
            }
        });
        try {
            CompletableFuture.anyOf(started, faults.fatal().thenCompose(CompletableFuture::failedFuture))
                    .join();
        } catch (CompletionException e) {
            throw faults.fatal().getNow(e.getCause() != null ? e.getCause() : e);
        }
    }

    private static EmbeddedKafkaException startFailed(Path directory, Throwable cause) {
        String why = cause.toString();
        for (Throwable deeper = cause.getCause(); deeper != null; deeper = deeper.getCause()) {
            why = cause.getMessage() + ": " + deeper;
        }
        return new EmbeddedKafkaException(
                Reason.START_FAILED,
                "Kafka did not start on the directory " + directory + ": " + why.replaceAll("\\s*\\R\\s*", " ")
                        + ". If the directory is damaged or of another Kafka version, delete it or choose another.",
                cause);
    }

    /** Whether the last run on the directory was killed, so that this start has to recover, which takes longer. */
    public static boolean mustRecover(Path directory) {
        return LogDirectory.mustRecover(directory);
    }

    /** Host and port for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Completes if the broker breaks while it runs, a full disk for example; the process should then end. */
    public CompletionStage<Throwable> failure() {
        return faults.fatal().copy();
    }

    /** Shuts the broker down cleanly and gives the directory free. Further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release(logDirectory, node, sockets, faults, lock);
        }
    }

    private static void release(
            Path logDirectory,
            @Nullable Node node,
            @Nullable ListenSockets sockets,
            Faults faults,
            DirectoryLock lock) {
        if (node != null) {
            closing("Kafka", node::close);
        }
        if (sockets != null) {
            closing("its sockets", sockets::close);
        }
        faults.close();
        closing("Kafka's lock file", () -> Files.deleteIfExists(logDirectory.resolve(".lock")));
        closing("the directory's lock", lock::close);
    }

    private static void closing(String what, Closing action) {
        try {
            action.close();
        } catch (Exception e) {
            log.atWarn()
                    .addKeyValue("part", what)
                    .setCause(e)
                    .log("a part of the embedded broker did not close cleanly");
        }
    }

    @FunctionalInterface
    private interface Closing {
        void close() throws IOException;
    }
}

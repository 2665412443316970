package dev.tokentape.embeddedkafka;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import kafka.server.FaultHandlerFactory;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Catches what makes a Kafka server end its process, because here the process is not Kafka's to end.
 *
 * <p>A fault of one broker is handed to it by Kafka. A call of Kafka's own {@code Exit} names no broker, so it counts
 * as a fault of every broker that runs in this process.
 */
final class Faults implements FaultHandlerFactory, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Faults.class);
    private static final Set<Faults> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Exit.setHaltProcedure(Faults::exited);
        Exit.setExitProcedure(Faults::exited);
    }

    private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();

    Faults() {
        RUNNING.add(this);
    }

    /** Completes with the first fault the broker cannot live with. */
    CompletableFuture<Throwable> fatal() {
        return fatal;
    }

    @Override
    public FaultHandler build(String name, boolean isFatal, Runnable action) {
        if (!isFatal) {
            return new LoggingFaultHandler(name, action);
        }
        return (message, cause) -> {
            log.atError()
                    .addKeyValue("fault", message)
                    .addKeyValue("handler", name)
                    .setCause(cause)
                    .log("the embedded Kafka broker met a fatal fault");
            action.run();
            IllegalStateException fault = new IllegalStateException(message, cause);
            fatal.complete(fault);
            return fault;
        };
    }

    private static void exited(int status, @Nullable String message) {
        IllegalStateException exit = new IllegalStateException(
                message != null ? message : "Kafka gave up with status " + status + "; its log says why");
        RUNNING.forEach(faults -> faults.fatal.complete(exit));
        throw exit;
    }

    @Override
    public void close() {
        RUNNING.remove(this);
    }
}

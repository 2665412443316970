package dev.tokentape.simulator.log;

import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.Fault;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The log entry of one call. Written by its connection's event loop, read by anyone.
 */
public final class CallEntry {

    private final long id;
    private final InstantSource clock;
    private final long started;
    private String api = "";
    private String model = "";
    private boolean stream;
    private int messages;
    private boolean keyGiven;
    private int status;
    private @Nullable Long firstByte;
    private int tokens;
    private @Nullable Long ended;
    private Outcome outcome = Outcome.RUNNING;
    private @Nullable String fault;
    private @Nullable Long clientClosed;

    CallEntry(long id, InstantSource clock) {
        this.id = id;
        this.clock = clock;
        this.started = now();
    }

    public long id() {
        return id;
    }

    public synchronized void request(String newApi, String newModel, boolean key) {
        api = newApi;
        model = newModel;
        keyGiven = key;
    }

    public synchronized void understood(boolean streams, int messageCount) {
        stream = streams;
        messages = messageCount;
    }

    public synchronized void status(int newStatus) {
        status = newStatus;
    }

    public synchronized void firstByte() {
        if (firstByte == null) {
            firstByte = now();
        }
    }

    public synchronized void token() {
        tokens++;
    }

    public synchronized void struckBy(Fault struck) {
        fault = struck.spelling();
    }

    public synchronized void end(Outcome how) {
        if (ended == null) {
            ended = now();
            outcome = how;
        }
    }

    public synchronized void clientClosed() {
        if (ended == null) {
            clientClosed = now();
            ended = clientClosed;
            outcome = Outcome.CLOSED_BY_CLIENT;
        }
    }

    /** The client closed before the end of the answer could be written. */
    public synchronized void lastBytesLost() {
        ended = null;
        clientClosed();
    }

    synchronized SimulatedCall snapshot() {
        return new SimulatedCall(
                id,
                api,
                model,
                stream,
                messages,
                keyGiven,
                status,
                started,
                firstByte,
                tokens,
                ended,
                outcome,
                fault,
                clientClosed);
    }

    private long now() {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1000;
    }
}

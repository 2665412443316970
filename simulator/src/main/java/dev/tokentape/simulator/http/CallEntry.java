package dev.tokentape.simulator.http;

import dev.tokentape.simulator.SimulatedCall;
import dev.tokentape.simulator.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.Fault;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The log entry of one call. Written by its connection's event loop, read by anyone.
 */
final class CallEntry {

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

    long id() {
        return id;
    }

    synchronized void request(String newApi, String newModel, boolean key) {
        api = newApi;
        model = newModel;
        keyGiven = key;
    }

    synchronized void understood(boolean streams, int messageCount) {
        stream = streams;
        messages = messageCount;
    }

    synchronized void status(int newStatus) {
        status = newStatus;
    }

    synchronized void firstByte() {
        if (firstByte == null) {
            firstByte = now();
        }
    }

    synchronized void token() {
        tokens++;
    }

    synchronized void struckBy(Fault struck) {
        fault = struck.spelling();
    }

    synchronized void end(Outcome how) {
        if (ended == null) {
            ended = now();
            outcome = how;
        }
    }

    synchronized void clientClosed() {
        if (ended == null) {
            clientClosed = now();
            ended = clientClosed;
            outcome = Outcome.CLOSED_BY_CLIENT;
        }
    }

    /** The client closed before the end of the answer could be written. */
    synchronized void lastBytesLost() {
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

package dev.tokentape.gateway.tape.catchup;

import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves from Kafka what the segments no longer hold.
 *
 * <p>Per partition there is one pass at a time. All who wait when it begins share it; who comes later waits for the
 * next. What passes hold for their readers is bounded: a conversation whose share is full ends early, and its readers,
 * when they have read so far, come again; when all share is taken, the oldest chain is let go. A pass waits for nobody.
 */
public final class CatchUp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final long RETRY_MILLIS = 500;
    private static final long ROOM_PAUSE_NANOS = 2_000_000L;

    private final Supplier<PartitionLog> logs;
    private final TapeConfig config;
    private final TapeMetrics metrics;
    private final Executor executor;
    private final ConcurrentHashMap<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<PartitionLog> idle = new ConcurrentLinkedDeque<>();
    private final Deque<ScanChain> held = new ArrayDeque<>();
    private volatile boolean closed;

    private static final class Lane {
        private final int partition;
        private final Queue<CatchUpRequest> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean busy = new AtomicBoolean();

        private Lane(int partition) {
            this.partition = partition;
        }
    }

    /** @param executor runs passes, which block */
    public CatchUp(Supplier<PartitionLog> logs, TapeConfig config, TapeMetrics metrics, Executor executor) {
        this.logs = logs;
        this.config = config;
        this.metrics = metrics;
        this.executor = executor;
    }

    /** Asks for a pass; the request's waiter is woken when it is resolved. */
    public void request(CatchUpRequest request) {
        Lane lane = lanes.computeIfAbsent(request.segment().partition().number(), Lane::new);
        lane.waiting.add(request);
        schedule(lane, 0);
    }

    private void schedule(Lane lane, long delayMillis) {
        if (!closed && lane.busy.compareAndSet(false, true)) {
            try {
                (delayMillis == 0
                                ? executor
                                : CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS, executor))
                        .execute(() -> run(lane));
            } catch (RejectedExecutionException e) {
                LOG.debug("no more catch-up passes: closing", e);
            }
        }
    }

    private void run(Lane lane) {
        boolean failed = false;
        List<CatchUpRequest> requests = new ArrayList<>();
        PartitionLog log = idle.poll();
        try {
            if (log == null) {
                log = logs.get();
            }
            CatchUpRequest request;
            while ((request = lane.waiting.poll()) != null) {
                if (!request.withdrawn()) {
                    requests.add(request);
                }
            }
            pass(lane.partition, log, requests);
            idle.push(log);
        } catch (RuntimeException e) {
            failed = true;
            if (log != null) {
                close(log);
            }
            if (!closed) {
                metrics.scanFailed();
                LOG.atWarn()
                        .addKeyValue("partition", lane.partition)
                        .addKeyValue("readers", requests.size())
                        .setCause(e)
                        .log("catching up failed; trying again");
                requests.stream()
                        .filter(request -> request.resolution() instanceof CatchUpRequest.Resolution.Pending)
                        .forEach(lane.waiting::add);
            }
        } finally {
            lane.busy.set(false);
            if (!lane.waiting.isEmpty()) {
                schedule(lane, failed ? RETRY_MILLIS : 0);
            }
        }
    }

    private void pass(int partition, PartitionLog log, List<CatchUpRequest> requests) {
        if (requests.isEmpty()) {
            return;
        }
        makeRoom();
        ScanPass pass = ScanPass.plan(log.bounds(partition), requests);
        if (pass.isEmpty()) {
            return;
        }
        metrics.scanned();
        pass.chains().forEach(this::hold);
        try {
            log.seek(partition, pass.from());
            long begun = System.nanoTime();
            long deadline = begun + config.scanTime().toNanos();
            while (!pass.isEmpty() && !closed) {
                PartitionLog.Batch batch = log.poll();
                pass.accept(batch, metrics, config.catchUpBytes() / 4);
                if (heldBytes() > config.catchUpBytes()) {
                    pass.endWhereProgressed();
                }
                if (pass.bytesRead() > config.scanBytes() || System.nanoTime() > deadline) {
                    pass.refuse();
                }
            }
        } finally {
            pass.endEarly();
        }
        LOG.atDebug()
                .addKeyValue("pass", pass)
                .addKeyValue("partition", partition)
                .log("caught up");
    }

    private void hold(ScanChain chain) {
        synchronized (held) {
            held.addLast(chain);
        }
    }

    /** Gives readers a little time to leave what earlier passes found for them, then lets the oldest of it go. */
    private void makeRoom() {
        long enough = config.catchUpBytes() / 2;
        long deadline = System.nanoTime() + config.scanRoom().toNanos();
        while (heldBytes() > enough && System.nanoTime() < deadline && !closed) {
            LockSupport.parkNanos(ROOM_PAUSE_NANOS);
        }
        synchronized (held) {
            long bytes = heldBytes();
            Iterator<ScanChain> oldestFirst = held.iterator();
            while (bytes > enough && oldestFirst.hasNext()) {
                ScanChain chain = oldestFirst.next();
                if (chain.end() != null) {
                    oldestFirst.remove();
                    bytes -= chain.bytes();
                    chain.evict();
                }
            }
        }
    }

    private long heldBytes() {
        synchronized (held) {
            held.removeIf(chain -> chain.end() != null && chain.waiters().isEmpty());
            return held.stream().mapToLong(ScanChain::bytes).sum();
        }
    }

    private static void close(PartitionLog log) {
        try {
            log.close();
        } catch (RuntimeException e) {
            LOG.debug("closing a catch-up consumer failed", e);
        }
    }

    /** No pass begins any more, and running ones end soon. */
    public void stop() {
        closed = true;
    }

    /** Closes what passes used; after the executor has ended. */
    @Override
    public void close() {
        closed = true;
        PartitionLog log;
        while ((log = idle.poll()) != null) {
            close(log);
        }
    }
}

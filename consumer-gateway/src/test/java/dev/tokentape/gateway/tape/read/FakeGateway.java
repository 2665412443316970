package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.catchup.CatchUp;
import dev.tokentape.gateway.tape.kafka.RecordDecoder;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.segment.ReadHook;
import dev.tokentape.gateway.tape.segment.SegmentStore;
import dev.tokentape.gateway.tape.segment.TapeRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A tape over a {@link FakeLog}, fed and ticked by hand, with a clock that only the test moves. */
public final class FakeGateway {

    static final long EPOCH = 77;
    static final String CONVERSATION = "c-1";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeLog log;
    private final SegmentStore store;
    private final RecordDecoder decoder;
    private final TapeCore core;
    private final CatchUp catchUp;
    private final TapeConfig config;
    private long fed;
    private long nanos;

    /** @param start the offset at which its resume window begins */
    FakeGateway(FakeLog log, long start, TapeConfig config, HistorySource history, Executor passes) {
        this(log, EPOCH, start, config, history, passes);
    }

    FakeGateway(FakeLog log, long epoch, long start, TapeConfig config, HistorySource history, Executor passes) {
        this(log, epoch, start, config, history, passes, ReadHook.NONE);
    }

    FakeGateway(
            FakeLog log,
            long epoch,
            long start,
            TapeConfig config,
            HistorySource history,
            Executor passes,
            ReadHook hook) {
        this.log = log;
        this.config = config;
        TapeMetrics metrics = new TapeMetrics(meters);
        store = new SegmentStore(config, metrics, hook);
        decoder = new RecordDecoder(log.codec(), metrics);
        catchUp = new CatchUp(() -> log.open(decoder), config, metrics, passes);
        core = new TapeCore(
                FakeLog.TOPICS::partitionOf,
                store,
                catchUp,
                history,
                metrics,
                new TapeClock(() -> nanos, () -> log.micros() / 1_000));
        begin(epoch, start);
    }

    public static FakeGateway over(FakeLog log, long start) {
        return over(log, start, TapeConfig.DEFAULTS);
    }

    static FakeGateway over(FakeLog log, long start, TapeConfig config) {
        return new FakeGateway(log, start, config, HistorySource.NONE, Runnable::run);
    }

    static FakeGateway withHistory(FakeLog log, TapeConfig config, byte[]... turns) {
        return new FakeGateway(
                log, 0, config, _ -> CompletableFuture.completedFuture(Arrays.asList(turns)), Runnable::run);
    }

    /** How many catch-up passes failed and were tried again. */
    long failedPasses() {
        return (long)
                meters.get("tokentape.gateway.tape.scan.failures").counter().count();
    }

    /** Begins with a log, or with another. */
    void begin(long epoch, long start) {
        long joinedAt = start == 0 ? -1 : log.record(start - 1).timestamp() / 1_000;
        store.begin(epoch, new long[] {start}, new long[] {joinedAt});
        store.ready(true);
        fed = start;
    }

    /** Reads the log on, at most so many records. */
    FakeGateway feed(long records) {
        for (long end = Math.min(log.end(), fed + records); fed < end; fed++) {
            TapeRecord understood = log.decoded(fed, decoder);
            if (understood != null) {
                store.append(0, understood, nanos);
            }
        }
        store.published(0, fed);
        store.flush(log.micros() / 1_000);
        return this;
    }

    public FakeGateway feedAll() {
        return feed(Long.MAX_VALUE / 2);
    }

    void pass(java.time.Duration time) {
        nanos += time.toNanos();
        store.tick(log.micros() / 1_000, nanos);
        core.tick();
    }

    SegmentStore store() {
        return store;
    }

    public TapeCore tape() {
        return core;
    }

    TapeConfig config() {
        return config;
    }

    long fed() {
        return fed;
    }

    Reader read(ReadRequest.Start start) {
        return read(null, start);
    }

    Reader read(@Nullable String response, ReadRequest.Start start) {
        return core.read(new ReadRequest(CONVERSATION, response, start), () -> {});
    }

    Reader after(String cursor) {
        return read(new ReadRequest.Start.After(cursor));
    }

    public static List<Frame> drain(Reader reader) {
        return drain(reader, Integer.MAX_VALUE);
    }

    public static List<Frame> drain(Reader reader, int most) {
        List<Frame> frames = new ArrayList<>();
        Frame frame;
        while (frames.size() < most && (frame = reader.next()) != null) {
            frames.add(frame);
        }
        return frames;
    }

    /** Runs nothing until told. */
    static final class Later implements Executor {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void run() {
            Runnable task;
            while ((task = tasks.poll()) != null) {
                task.run();
            }
        }
    }
}

package dev.tokentape.gateway.tape.kafka;

import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.catchup.CatchUp;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.read.TapeCore;
import dev.tokentape.gateway.tape.segment.SegmentStore;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tape on Kafka: one thread follows {@code llm.tokens} into segments, a few others scan it for those who come late.
 */
public final class KafkaTape implements Tape, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTape.class);
    private static final int SCAN_THREADS = 2;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Poller poller;
    private final Thread pollThread;
    private final CatchUp catchUp;
    private final ExecutorService scans;
    private final TapeCore core;

    private KafkaTape(Poller poller, CatchUp catchUp, ExecutorService scans, TapeCore core) {
        this.scans = scans;
        this.poller = poller;
        this.catchUp = catchUp;
        this.core = core;
        this.pollThread = Thread.ofPlatform().name("tape-poll").daemon().unstarted(poller);
    }

    /** A tape that knows of finished answers only what it has in memory. */
    public static KafkaTape start(
            KafkaSettings kafka, TopicCatalogue topics, TapeCodec codec, TapeConfig config, MeterRegistry meters) {
        return start(kafka, topics, codec, config, HistorySource.NONE, meters);
    }

    /**
     * Starts reading, and returns at once: {@link #ready} tells when readers may come. A broker that is not there is waited
     * for.
     *
     * @param history asked for the finished answers of a conversation when a reader must be told of a gap
     */
    public static KafkaTape start(
            KafkaSettings kafka,
            TopicCatalogue topics,
            TapeCodec codec,
            TapeConfig config,
            HistorySource history,
            MeterRegistry meters) {
        String topic = topics.name(Topic.TOKENS);
        TapeMetrics metrics = new TapeMetrics(meters);
        SegmentStore store = new SegmentStore(config, metrics);
        metrics.watch(store);
        RecordDecoder decoder = new RecordDecoder(codec, metrics);
        ExecutorService scans = Executors.newFixedThreadPool(
                SCAN_THREADS,
                Thread.ofPlatform().name("tape-catch-up-", 0).daemon().factory());
        CatchUp catchUp =
                new CatchUp(store, () -> new KafkaPartitionLog(kafka, topic), decoder, config, metrics, scans);
        // The poller ticks the core, and the core asks the poller whether it is ready: one of them must come first.
        TapeCore[] ticked = new TapeCore[1];
        Poller poller =
                new Poller(kafka, topic, topics.partitions(), config, store, decoder, metrics, () -> ticked[0].tick());
        TapeCore core = new TapeCore(
                topics,
                config,
                store,
                catchUp,
                history,
                metrics,
                poller::ready,
                System::nanoTime,
                System::currentTimeMillis);
        ticked[0] = core;
        KafkaTape tape = new KafkaTape(poller, catchUp, scans, core);
        tape.pollThread.start();
        return tape;
    }

    @Override
    public boolean ready() {
        return core.ready();
    }

    /** @throws IllegalStateException before {@link #ready} */
    @Override
    public Reader read(ReadRequest request, Runnable wakeUp) {
        return core.read(request, wakeUp);
    }

    /** @throws IllegalStateException before {@link #ready} */
    @Override
    public Reader read(ReadRequest request, Executor loop, Runnable wakeUp) {
        return core.read(request, loop, wakeUp);
    }

    @Override
    public Optional<Response> response(String conversationId, String responseId) {
        return core.response(conversationId, responseId);
    }

    @Override
    public List<Response> open(String conversationId) {
        return core.open(conversationId);
    }

    @Override
    public int readers(String conversationId) {
        return core.readers(conversationId);
    }

    /** @throws IllegalStateException before {@link #ready} */
    @Override
    public boolean deletedSince(String conversationId, String cursor) {
        return core.deletedSince(conversationId, cursor);
    }

    @Override
    public String cursorOf(String conversationId) {
        return core.cursorOf(conversationId);
    }

    /** Stops reading; readers get nothing more. Takes a few seconds at most, also without a broker. Idempotent. */
    @Override
    public void close() {
        if (!closeWithin(CLOSE)) {
            LOG.warn("the threads that read Kafka did not end within {}", CLOSE);
        }
    }

    /** Closes; whether all threads ended in time. */
    boolean closeWithin(Duration time) {
        poller.close();
        catchUp.stop();
        scans.shutdownNow();
        long deadline = System.nanoTime() + time.toNanos();
        try {
            boolean ended = pollThread.join(time)
                    && scans.awaitTermination(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            catchUp.close();
            return ended;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package dev.tokentape.gateway.tape.kafka;

import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.catchup.CatchUp;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.read.TapeClock;
import dev.tokentape.gateway.tape.read.TapeCore;
import dev.tokentape.gateway.tape.segment.SegmentStore;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.lifecycle.CloseStack;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tape on Kafka: one thread follows {@code llm.tokens} into segments, a few others scan it for those who come late.
 */
public final class KafkaTape implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTape.class);
    private static final int SCAN_THREADS = 2;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Tape tape;
    private final CloseStack opened;

    private KafkaTape(Tape tape, CloseStack opened) {
        this.tape = tape;
        this.opened = opened;
    }

    /** A tape that knows of finished answers only what it has in memory. */
    static KafkaTape start(
            KafkaSettings kafka, TopicCatalogue topics, TapeCodec codec, TapeConfig config, MeterRegistry meters) {
        return start(kafka, topics, codec, config, HistorySource.NONE, meters);
    }

    /**
     * Starts reading, and returns at once: {@link Tape#ready} tells when readers may come. A broker that is not there
     * is waited for.
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
        metrics.watch(store, SegmentStore::size, SegmentStore::bytes);
        RecordDecoder decoder = new RecordDecoder(codec, metrics);
        ExecutorService scans = Executors.newFixedThreadPool(
                SCAN_THREADS,
                Thread.ofPlatform().name("tape-catch-up-", 0).daemon().factory());
        CatchUp catchUp = new CatchUp(() -> new KafkaPartitionLog(kafka, topic, decoder), config, metrics, scans);
        TapeCore core = new TapeCore(topics::partitionOf, store, catchUp, history, metrics, TapeClock.SYSTEM);
        Poller poller = new Poller(kafka, topic, topics.partitions(), config, store, decoder, metrics, core::tick);
        Thread following = Thread.ofPlatform().name("tape-poll").daemon().unstarted(poller);

        // Closed from the end: all are told to stop before any is waited for.
        CloseStack opened = new CloseStack();
        opened.push("consumers of catch-up passes", catchUp);
        opened.push("catch-up passes", () -> hasEnded(scans.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)));
        opened.push("reading of " + topic, () -> hasEnded(following.join(CLOSE)));
        opened.push("tape", () -> {
            poller.close();
            catchUp.stop();
            scans.shutdownNow();
        });
        following.start();
        return new KafkaTape(core, opened);
    }

    /** Readable once it is {@link Tape#ready}. */
    public Tape tape() {
        return tape;
    }

    /** Stops reading; readers get nothing more. Takes a few seconds at most, also without a broker. Idempotent. */
    @Override
    public void close() {
        opened.close();
    }

    private static void hasEnded(boolean ended) {
        if (!ended) {
            LOG.atWarn().addKeyValue("waited", CLOSE).log("a thread that reads Kafka did not end in time");
        }
    }
}

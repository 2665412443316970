package dev.tokentape.processor.judge;

import dev.tokentape.processor.fold.ModerationQuestion;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Micros;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the moderation service what the fold wants to know, and writes its verdicts into the journal.
 *
 * <p>Every question has its virtual thread, every question gets exactly one verdict from here: where the service is not
 * asked, since it fails, too much waits or there is none, the verdict says that nobody has judged, and the policy
 * decides what that means. Bounds: {@code max-concurrent} calls and {@code max-waiting} questions before them; the fold
 * has no more than four questions open for one answer.
 */
public final class Judge implements QuestionSink, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Judge.class);

    private record Id(ResponseKey key, int attempt, long number) {}

    private final JudgeSettings settings;
    private final @Nullable ModerationService service;
    private final Verdicts verdicts;
    private final CircuitBreaker breaker;
    private final Semaphore places;
    private final AtomicInteger inside = new AtomicInteger();
    /** Open questions with their partitions. */
    private final ConcurrentMap<Id, Integer> open = new ConcurrentHashMap<>();

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tokentape-judge-", 0).factory());
    private final MeterRegistry meters;

    Judge(JudgeSettings settings, Verdicts verdicts, MeterRegistry meters) {
        this.settings = settings;
        this.service = settings.url() == null
                ? null
                : new ModerationService(settings.url(), settings.key(), settings.model(), settings.timeout());
        this.verdicts = verdicts;
        this.breaker = new CircuitBreaker(
                settings.breakerFailures(), settings.breakerPause().toNanos());
        this.places = new Semaphore(settings.maxConcurrent());
        this.meters = meters;
        Gauge.builder("tokentape.processor.moderation.open", open, ConcurrentMap::size)
                .description("Questions to the moderation service without a verdict")
                .register(meters);
        Gauge.builder("tokentape.processor.moderation.circuit.open", breaker, its -> its.isOpen() ? 1 : 0)
                .description("1 while the moderation service is left alone after failures")
                .register(meters);
    }

    /** A judge that writes into the journal. */
    public static Judge start(
            JudgeSettings settings,
            KafkaSettings kafka,
            TopicCatalogue topics,
            TapeCodec codec,
            String group,
            MeterRegistry meters) {
        return new Judge(settings, new JournalVerdicts(kafka, topics, codec, group), meters);
    }

    @Override
    public void ask(ModerationQuestion question, int partition) {
        Id id = new Id(question.key(), question.attempt(), question.number());
        if (open.putIfAbsent(id, partition) == null) {
            long asked = System.nanoTime();
            threads.execute(() -> answer(id, question, asked));
        }
    }

    @Override
    public void settled(TokenEvent.VerdictReached verdict) {
        Envelope at = verdict.envelope();
        open.remove(new Id(ResponseKey.of(at), at.attempt(), at.sequence()));
    }

    @Override
    public void forget(int partition) {
        open.values().removeIf(its -> its == partition);
    }

    private void answer(Id id, ModerationQuestion question, long asked) {
        Scores.Opinion opinion;
        try {
            opinion = opinion(id, question, asked);
        } catch (ServiceException e) {
            opinion = new Scores.Opinion(ModerationQuestion.Answer.UNAVAILABLE, e.category(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        // Not open any more: answered by another, or the partition is another's, who asks again.
        Integer partition = open.get(id);
        if (partition == null) {
            return;
        }
        Timer.builder("tokentape.processor.moderation.verdicts")
                .description("From a question to the moderation service until its verdict")
                .tag("answer", opinion.answer().name().toLowerCase(Locale.ROOT))
                .tag("cause", opinion.answer() == ModerationQuestion.Answer.UNAVAILABLE ? opinion.category() : "none")
                .register(meters)
                .record(System.nanoTime() - asked, TimeUnit.NANOSECONDS);
        long now = Micros.of(Instant.now());
        try {
            verdicts.write(question.answered(opinion.answer(), opinion.category(), opinion.reason(), now), partition);
        } catch (KafkaException e) {
            log.atError()
                    .addKeyValue("conversation", id.key().conversationId())
                    .addKeyValue("response", id.key().responseId())
                    .addKeyValue("cause", e.toString())
                    .log("a verdict could not be written");
        }
    }

    private Scores.Opinion opinion(Id id, ModerationQuestion question, long asked)
            throws ServiceException, InterruptedException {
        ModerationService its = service;
        if (its == null) {
            throw new ServiceException(
                    "no_service", "the rules ask for a moderation service, processor.moderation.url names none");
        }
        if (inside.incrementAndGet() > settings.maxConcurrent() + settings.maxWaiting()) {
            inside.decrementAndGet();
            throw new ServiceException("overloaded", "too many questions wait for the moderation service");
        }
        try {
            if (!places.tryAcquire(left(asked).toNanos(), TimeUnit.NANOSECONDS)) {
                throw new ServiceException("timeout", "the moderation service had no free place in time");
            }
            try {
                return call(its, id, question, asked);
            } finally {
                places.release();
            }
        } finally {
            inside.decrementAndGet();
        }
    }

    private Scores.Opinion call(ModerationService its, Id id, ModerationQuestion question, long asked)
            throws ServiceException, InterruptedException {
        Duration left = left(asked);
        if (!open.containsKey(id) || left.toMillis() < 1) {
            throw new ServiceException("timeout", "the moderation service had no free place in time");
        }
        if (!breaker.admits(System.nanoTime())) {
            throw new ServiceException("circuit_open", "the moderation service has failed too often");
        }
        boolean answered = false;
        try {
            Scores.Opinion opinion = its.judge(question.text(), left).by(question.policy());
            answered = true;
            return opinion;
        } finally {
            if (answered) {
                breaker.succeeded();
            } else if (breaker.failed(System.nanoTime())) {
                log.atWarn()
                        .addKeyValue("pause", settings.breakerPause())
                        .log("the moderation service fails and is not asked for a while; policies decide");
            }
        }
    }

    private Duration left(long asked) {
        return settings.timeout().minusNanos(System.nanoTime() - asked);
    }

    /** Gives up what is under way; whoever gets the partitions asks again. */
    @Override
    public void close() {
        open.clear();
        threads.shutdownNow();
        if (service != null) {
            service.close();
        }
        threads.close();
        if (verdicts instanceof JournalVerdicts journal) {
            journal.close();
        }
    }
}

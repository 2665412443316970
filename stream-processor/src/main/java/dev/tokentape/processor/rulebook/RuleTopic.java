package dev.tokentape.processor.rulebook;

import dev.tokentape.processor.moderation.RuleBook;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the topic of rule sets, on a thread of its own. */
public final class RuleTopic implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RuleTopic.class);

    /** For a version that was published a moment before the request came; far below any session timeout. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /** Whoever starts everything, service by service, publishes the first rules meanwhile. */
    private static final Duration FIRST_RULES = Duration.ofSeconds(10);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final RuleLog records;
    private final KnownRules known;
    private final RulelessWarning ruleless;
    private final Thread follower;

    private RuleTopic(RuleLog records, RuleMeters meters, boolean rulesAreComing) {
        this.records = records;
        this.known = new KnownRules(PATIENCE, meters);
        this.ruleless = new RulelessWarning(System.nanoTime(), FIRST_RULES, rulesAreComing);
        this.follower = Thread.ofPlatform().name("tokentape-rules").daemon().unstarted(this::follow);
    }

    /**
     * Reads all that is there, then follows.
     *
     * @param rulesAreComing whether the caller has the first rules published meanwhile: that there are none yet is then
     *     nothing to warn of
     * @throws KafkaException if that cannot be done within a minute, or if the version in force is not there
     */
    public static RuleTopic open(
            KafkaSettings kafka,
            TopicCatalogue topics,
            String clientId,
            MeterRegistry registry,
            boolean rulesAreComing) {
        RuleLog records = new RuleLog(kafka, topics, clientId);
        RuleTopic topic = new RuleTopic(records, new RuleMeters(registry), rulesAreComing);
        try {
            records.readBack(topic::heard);
            topic.known.requireUsable();
        } catch (RuntimeException e) {
            records.close();
            throw e;
        }
        topic.follower.start();
        return topic;
    }

    /** What has been read so far. */
    public RuleBook book() {
        return known;
    }

    /**
     * Waits until a version that was published is in force here.
     *
     * @throws KafkaException if it is not within a minute
     */
    public void awaitInForce(String version) {
        try {
            if (!known.awaitInForce(version, LONGEST_WAIT)) {
                throw new KafkaException("the moderation rules, version %s, were not read within %d s"
                        .formatted(version, LONGEST_WAIT.toSeconds()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the moderation rules", e);
        }
    }

    private void heard(String key, String value) {
        if (key.equals(RuleLog.CURRENT)) {
            known.inForce(value);
        } else {
            known.published(key, value);
        }
    }

    private void follow() {
        try {
            while (true) {
                try {
                    records.poll(this::heard);
                    if (ruleless.due(System.nanoTime(), known.current() == null)) {
                        log.warn("no moderation rules are in force: nothing is judged until a rule file is published");
                    }
                } catch (WakeupException e) {
                    throw e;
                } catch (RuntimeException e) {
                    log.error("cannot follow the rules, those known stay in force; trying again", e);
                    Thread.sleep(AFTER_FAILURE);
                }
            }
        } catch (WakeupException | InterruptedException e) {
            log.debug("no longer following the rules");
        }
    }

    @Override
    public void close() {
        records.wakeup();
        try {
            follower.join(Duration.ofSeconds(10));
            records.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

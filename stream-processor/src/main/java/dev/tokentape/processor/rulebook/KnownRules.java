package dev.tokentape.processor.rulebook;

import dev.tokentape.processor.moderation.RuleBook;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.moderation.rules.RuleFileException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule sets that have been published, as far as they were read. Keeps the newest {@value #MOST_VERSIONS} as text,
 * and of these the last {@value #MOST_READY} in use ready to run. Thread-safe.
 */
final class KnownRules implements RuleBook {
    private static final Logger log = LoggerFactory.getLogger(KnownRules.class);

    private static final int MOST_VERSIONS = 200;
    private static final int MOST_READY = 16;

    private final Duration patience;
    private final RuleMeters meters;
    /** Published, and not to be used by this code: as certain as a version that can be. */
    private final Set<String> refused = new HashSet<>();

    private final Map<String, String> texts = bounded(MOST_VERSIONS, false);
    private final Map<String, RuleGates> ready = bounded(MOST_READY, true);
    private @Nullable String current;
    /** The version named as current that is none of those known; null if there is no such. */
    private @Nullable String missing;

    /** @param patience how long a version that is not known is waited for */
    KnownRules(Duration patience, RuleMeters meters) {
        this.patience = patience;
        this.meters = meters;
    }

    /** A version's text, as published. What is no rule set, or not that version, is left out. */
    synchronized void published(String version, String yaml) {
        try {
            String read = DefaultRules.read(yaml).version();
            if (read.equals(version)) {
                texts.put(version, yaml);
                notifyAll();
            } else {
                log.atError()
                        .addKeyValue("key", version)
                        .addKeyValue("version", read)
                        .log("a rule set was published under the wrong version");
            }
        } catch (RuleFileException e) {
            meters.refused();
            if (refused.size() < MOST_VERSIONS) {
                refused.add(version);
                notifyAll();
            }
            log.atError()
                    .addKeyValue("version", version)
                    .addKeyValue("problems", e.problems().size())
                    .log("a published rule set is refused");
        }
    }

    /**
     * The version in force from now on. One that cannot be used changes nothing where another is in force; where none
     * is, every request is refused by it, since it must not be judged by no rules at all.
     */
    synchronized void inForce(String version) {
        missing = null;
        if (texts.containsKey(version)) {
            ready(version);
            current = version;
            meters.inForce(version);
            notifyAll();
            log.atInfo().addKeyValue("version", version).log("rules came into force");
        } else if (current != null) {
            log.atError()
                    .addKeyValue("version", version)
                    .addKeyValue("before", current)
                    .log("the rules named as current cannot be used, those before stay in force");
        } else if (refused.contains(version)) {
            current = version;
            meters.inForce(version);
            log.atError()
                    .addKeyValue("version", version)
                    .log("the rules in force cannot be used, every request is refused");
        } else {
            missing = version;
        }
    }

    /** @throws KafkaException if a version is in force that nobody has published */
    synchronized void requireUsable() {
        if (current == null && missing != null) {
            throw new KafkaException("the moderation rules in force, version " + missing
                    + ", are not on the topic of rules; publish that file again, or another, with:"
                    + " tokentape rules publish FILE");
        }
    }

    /** Waits until a version is in force; whether it is. */
    synchronized boolean awaitInForce(String version, Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (!version.equals(current)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    @Override
    public synchronized @Nullable String current() {
        return current;
    }

    @Override
    public synchronized @Nullable RuleGates of(String version) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!texts.containsKey(version)) {
            if (refused.contains(version)) {
                return null;
            }
            long left = (deadline - System.nanoTime()) / 1_000_000;
            try {
                if (left <= 0) {
                    throw new RulesNotReadException(version);
                }
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RulesNotReadException(version);
            }
        }
        return ready(version);
    }

    private RuleGates ready(String version) {
        RuleGates known = ready.get(version);
        if (known == null) {
            known = new RuleGates(DefaultRules.read(texts.getOrDefault(version, "")));
            ready.put(version, known);
        }
        return known;
    }

    private static <V> Map<String, V> bounded(int most, boolean byUse) {
        return new LinkedHashMap<>(16, 0.75f, byUse) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }
}

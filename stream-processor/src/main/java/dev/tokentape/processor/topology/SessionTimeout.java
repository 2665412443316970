package dev.tokentape.processor.topology;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session timeout of the processors' group: the one asked for, within what the broker allows. Kafka refuses a
 * member whose timeout lies outside, and its default allows none below six seconds.
 */
public final class SessionTimeout {
    private static final Logger log = LoggerFactory.getLogger(SessionTimeout.class);

    static final String SHORTEST = "group.min.session.timeout.ms";
    static final String LONGEST = "group.max.session.timeout.ms";
    private static final Duration SHORTEST_BY_DEFAULT = Duration.ofSeconds(6);
    private static final Duration LONGEST_BY_DEFAULT = Duration.ofMinutes(30);

    private SessionTimeout() {}

    /** What comes nearest to what is asked for. @throws KafkaException if the broker cannot be reached */
    public static Duration allowed(Admin admin, Duration wanted) {
        Duration shortest = SHORTEST_BY_DEFAULT;
        Duration longest = LONGEST_BY_DEFAULT;
        try {
            ConfigResource any = new ConfigResource(
                    ConfigResource.Type.BROKER,
                    admin.describeCluster().nodes().get().iterator().next().idString());
            Config broker = admin.describeConfigs(List.of(any)).all().get().get(any);
            shortest = millis(broker, SHORTEST, shortest);
            longest = millis(broker, LONGEST, longest);
        } catch (ExecutionException e) {
            log.atInfo()
                    .addKeyValue("cause", e.toString())
                    .log("the broker does not tell its settings; its defaults are taken");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking the broker for its settings", e);
        }
        Duration allowed = within(wanted, shortest, longest);
        if (!allowed.equals(wanted)) {
            log.atInfo()
                    .addKeyValue("sessionTimeoutMs", allowed.toMillis())
                    .addKeyValue("wantedMs", wanted.toMillis())
                    .addKeyValue("shortestMs", shortest.toMillis())
                    .addKeyValue("longestMs", longest.toMillis())
                    .log("a dead processor is waited for as the broker allows");
        }
        return allowed;
    }

    static Duration within(Duration wanted, Duration shortest, Duration longest) {
        return wanted.compareTo(shortest) < 0 ? shortest : wanted.compareTo(longest) > 0 ? longest : wanted;
    }

    private static Duration millis(@Nullable Config broker, String name, Duration otherwise) {
        ConfigEntry entry = broker == null ? null : broker.get(name);
        return entry == null || entry.value() == null ? otherwise : Duration.ofMillis(Long.parseLong(entry.value()));
    }
}

package dev.tokentape.processor.judge;

import dev.tokentape.schemas.config.Settings;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the moderation service is, and how hard it is asked.
 *
 * @param url its address without {@code /v1/moderations}; null if there is none
 * @param key sent as a bearer token; null for none
 * @param model named in each request
 * @param timeout longest time from a question to its verdict, waiting for a free place included
 * @param maxConcurrent most calls at once
 * @param maxWaiting most questions waiting for a free place; further ones go unjudged
 * @param breakerFailures failed calls in a row after which the service is not asked for a while
 * @param breakerPause how long that is
 */
public record JudgeSettings(
        @Nullable URI url,
        @Nullable String key,
        String model,
        Duration timeout,
        int maxConcurrent,
        int maxWaiting,
        int breakerFailures,
        Duration breakerPause) {

    /** Every key begins with {@code processor.moderation.}. */
    public static JudgeSettings from(Settings settings) {
        String url = settings.optionalText("processor.moderation.url");
        String variable = settings.optionalText("processor.moderation.key-variable");
        String key = variable == null ? null : settings.secret(variable);
        if (variable != null && key == null) {
            settings.problem("processor.moderation.key-variable names " + variable + ", which is not set");
        }
        return new JudgeSettings(
                url == null ? null : settings.uri("processor.moderation.url", url),
                key,
                settings.text("processor.moderation.model", "omni-moderation-latest"),
                settings.positive("processor.moderation.timeout", Duration.ofSeconds(2)),
                settings.integer("processor.moderation.max-concurrent", 16, 1, 10_000),
                settings.integer("processor.moderation.max-waiting", 1_000, 0, 1_000_000),
                settings.integer("processor.moderation.breaker-failures", 5, 1, 1_000_000),
                settings.positive("processor.moderation.breaker-pause", Duration.ofSeconds(10)));
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "JudgeSettings[url=" + url + ", key=" + (key == null ? "none" : "set") + ", model=" + model
                + ", timeout=" + timeout + ", maxConcurrent=" + maxConcurrent + ", maxWaiting=" + maxWaiting
                + ", breakerFailures=" + breakerFailures + ", breakerPause=" + breakerPause + "]";
    }
}

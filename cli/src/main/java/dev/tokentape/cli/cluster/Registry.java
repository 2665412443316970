package dev.tokentape.cli.cluster;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.config.Settings;
import java.time.Duration;
import java.util.function.Consumer;

/** The schema registry of an installation, which a start waits for as it does for Kafka. */
public final class Registry {

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(300);

    private Registry() {}

    /** Where the settings say it is. */
    public static String url(Settings settings) {
        return settings.text("schema.registry.url", "http://localhost:8085");
    }

    /**
     * Waits until it answers, {@link Cluster#LONGEST_WAIT} at most.
     *
     * @param notices hears that it is being waited for, when it does not answer at once
     * @throws CommandFailure naming the address, if it does not
     */
    public static void await(Settings settings, Consumer<String> notices) throws InterruptedException {
        await(url(settings), notices, Cluster.LONGEST_WAIT);
    }

    static void await(String url, Consumer<String> notices, Duration longest) throws InterruptedException {
        SchemaRegistry registry = open(url);
        long from = System.nanoTime();
        boolean told = false;
        while (!registry.answers()) {
            if (System.nanoTime() - from > longest.toNanos()) {
                throw new CommandFailure(
                        ExitCode.UNAVAILABLE,
                        ("no schema registry answers at %s (tried for %d s). Start it, or say where it is: "
                                        + "SCHEMA_REGISTRY_URL")
                                .formatted(url, longest.toSeconds()));
            }
            if (!told) {
                told = true;
                notices.accept("waiting for the schema registry at " + url + " …");
            }
            Thread.sleep(BETWEEN_TRIES);
        }
    }

    private static SchemaRegistry open(String url) {
        try {
            return SchemaRegistry.open(url);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}

package dev.tokentape.benchmarks.process;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A gateway in a process of its own. */
public final class GatewayProcess implements AutoCloseable {

    /**
     * Room for ten thousand connections and the segments; and compiler threads that stay, so that what they cost can be
     * told from the rest.
     */
    private static final List<String> JVM = List.of("-Xmx1g", "-XX:-UseDynamicNumberOfCompilerThreads");

    /** Has a collection give back what it frees, so that resident memory tells what is in use. */
    private static final List<String> NOTHING_SPARE = List.of("-XX:MinHeapFreeRatio=1", "-XX:MaxHeapFreeRatio=5");

    private final Child child;
    private final URI url;

    private GatewayProcess(Child child) {
        this.child = child;
        this.url = URI.create(child.answer());
    }

    /** Starts one, and returns when it is ready. */
    public static GatewayProcess start(Map<String, String> settings, Map<String, String> environment) {
        return start(JVM, settings, environment);
    }

    /** One whose heap keeps no more room than it needs. */
    public static GatewayProcess startTight(Map<String, String> settings) {
        List<String> options = new ArrayList<>(JVM);
        options.addAll(NOTHING_SPARE);
        return start(options, settings, Map.of());
    }

    private static GatewayProcess start(
            List<String> options, Map<String, String> settings, Map<String, String> environment) {
        return new GatewayProcess(Child.start(
                GatewayMain.class,
                options,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toList(),
                environment));
    }

    public int port() {
        return url.getPort();
    }

    /** Whether it speaks TLS. */
    public boolean tls() {
        return "https".equals(url.getScheme());
    }

    public ProcessCost cost() {
        return child.cost();
    }

    /** A counter of its own, by its name in the code, summed over its labels; 0 if it has none of that name. */
    public double counter(String name) {
        child.tell(name);
        return Double.parseDouble(child.answer());
    }

    /** Ends it as a crash would. */
    public void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }
}

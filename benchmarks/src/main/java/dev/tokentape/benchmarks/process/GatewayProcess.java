package dev.tokentape.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** A gateway in a process of its own. */
public final class GatewayProcess implements AutoCloseable {

    /**
     * Room for ten thousand connections and the segments; and compiler threads that stay, so that what they cost can be told
     * from the rest.
     */
    private static final List<String> JVM = List.of("-Xmx1g", "-XX:-UseDynamicNumberOfCompilerThreads");

    private final Child child;
    private final URI url;

    private GatewayProcess(Child child, URI url) {
        this.child = child;
        this.url = url;
    }

    /** Starts one, and returns when it is ready. */
    public static GatewayProcess start(Map<String, String> settings) {
        Child child = Child.start(
                GatewayMain.class,
                JVM,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toList());
        return new GatewayProcess(child, URI.create(child.answer()));
    }

    public int port() {
        return url.getPort();
    }

    public ProcessCost cost() {
        return new ProcessCost(child.pid());
    }

    /** A figure of its own, summed over its labels; 0 if it has none of that name. */
    public double meter(String name) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(url.resolve("/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway's figures cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the gateway's figures", e);
        }
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

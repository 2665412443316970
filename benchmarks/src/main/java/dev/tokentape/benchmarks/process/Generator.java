package dev.tokentape.benchmarks.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.benchmarks.load.LoadGenerator;
import dev.tokentape.benchmarks.load.LoadReport;
import dev.tokentape.benchmarks.load.Order;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The load generator in a process of its own. */
public final class Generator implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Child child;

    private Generator(Child child) {
        this.child = child;
    }

    public static Generator start() {
        return new Generator(Child.start(
                LoadGenerator.class, List.of("-XX:+UseSerialGC", "-Xmx768m", "-Xmn256m"), List.of(), Map.of()));
    }

    /** Has an order carried out and returns how things stand then. */
    public LoadReport order(Order order) {
        begin(order);
        return finish();
    }

    /** Gives an order without waiting for its end. */
    public void begin(Order order) {
        try {
            child.tell(JSON.writerFor(Order.class).writeValueAsString(order));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end of the order given last. */
    public LoadReport finish() {
        try {
            return JSON.readValue(child.answer(), LoadReport.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("the load generator wrote what it should not", e);
        }
    }

    @Override
    public void close() {
        child.close();
    }
}

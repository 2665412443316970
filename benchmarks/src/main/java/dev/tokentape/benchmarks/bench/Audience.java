package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.LoadReport;
import dev.tokentape.benchmarks.load.Order;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conversations, and how many read each. */
record Audience(List<Telling> tellings, List<Integer> readers) {

    /** Conversations with 1, 2, 3, 4, 5, 1, 2, … readers. */
    static Audience oneToFive(String prefix, int conversations) {
        List<Telling> tellings = new ArrayList<>();
        List<Integer> readers = new ArrayList<>();
        for (int i = 0; i < conversations; i++) {
            tellings.add(new Telling(prefix + "-" + i));
            readers.add(1 + i % 5);
        }
        return new Audience(tellings, readers);
    }

    static Audience of(String prefix, int conversations, int readersEach) {
        List<Telling> tellings = new ArrayList<>();
        List<Integer> readers = new ArrayList<>();
        for (int i = 0; i < conversations; i++) {
            tellings.add(new Telling(prefix + "-" + i));
            readers.add(readersEach);
        }
        return new Audience(tellings, readers);
    }

    int size() {
        return readers.stream().mapToInt(Integer::intValue).sum();
    }

    /** How many deliveries so many events to each conversation are. */
    long deliveries(long[] written) {
        long deliveries = 0;
        for (int i = 0; i < written.length; i++) {
            deliveries += written[i] * readers.get(i);
        }
        return deliveries;
    }

    /**
     * Has all begin to read, and returns when they have.
     *
     * @param token what they say who they are with; null where nobody asks
     * @param atOnce how many connections may be on their way at a time; over TLS fewer are
     * @throws BenchException if not all streams began
     */
    void open(Generator generator, GatewayProcess gateway, @Nullable String token, int atOnce) {
        LoadReport opened = generator.order(new Order.Open(gateway.port(), gateway.tls(), token, streams(), atOnce));
        if (opened.opened() != size()) {
            throw new BenchException("only %d of %d streams began: %s".formatted(opened.opened(), size(), opened));
        }
    }

    private List<Order.Stream> streams() {
        List<Order.Stream> streams = new ArrayList<>();
        for (int i = 0; i < tellings.size(); i++) {
            streams.add(new Order.Stream(
                    "/v1/conversations/" + tellings.get(i).conversation() + "/events", readers.get(i)));
        }
        return streams;
    }
}

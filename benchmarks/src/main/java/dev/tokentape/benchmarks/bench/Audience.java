package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.Order;
import java.util.ArrayList;
import java.util.List;

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

    List<Order.Stream> streams() {
        List<Order.Stream> streams = new ArrayList<>();
        for (int i = 0; i < tellings.size(); i++) {
            streams.add(new Order.Stream(
                    "/v1/conversations/" + tellings.get(i).conversation() + "/events", readers.get(i)));
        }
        return streams;
    }
}

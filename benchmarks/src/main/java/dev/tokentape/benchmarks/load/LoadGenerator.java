package dev.tokentape.benchmarks.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The load generator, a program of its own: reads {@link Order}s from standard input, carries each out, and answers
 * with one line of JSON. It ends with its input, so that it never outlives who started it.
 */
public final class LoadGenerator {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_NANOS = 200_000;

    private LoadGenerator() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Tally tally = new Tally();
        try (Readers readers = new Readers(tally);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                carryOut(JSON.readValue(line, Order.class), readers, tally);
                out.println(JSON.writeValueAsString(tally.report()));
            }
        }
    }

    private static void carryOut(Order order, Readers readers, Tally tally) throws InterruptedException {
        switch (order) {
            case Order.Open open -> readers.open(open);
            case Order.Await wait -> await(wait, tally);
            case Order.Reset _ -> {
                tally.refused.set(0);
                tally.lost.set(0);
                tally.reset();
            }
            case Order.Resume resume -> readers.resume(resume.port(), resume.tls());
            case Order.Close _ -> readers.closeAll();
        }
    }

    private static void await(Order.Await wait, Tally tally) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait.millis());
        while (tally.events.get() < wait.events() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}

package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.cli.client.Connection;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.client.LostConnection;
import dev.tokentape.cli.client.Question;
import dev.tokentape.cli.client.StreamListener;
import dev.tokentape.cli.client.TapeClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How soon a blocked answer's connection to the provider is closed: from the verdict's publication, which is its
 * decision, to the moment when the simulator saw the close. One answer after another.
 */
public final class BlockBench implements PipelineReport {

    /** Every answer of the simulator soon has this word. */
    public static final String RULES = "rules: [{id: bench, action: block, literals: [the]}]";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_WAITING = 100_000;

    private final TapeClient client;
    private final String provider;
    private final URI callLog;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Long> micros = new ArrayList<>();

    /** @param simulator address of the simulator that plays the provider */
    public BlockBench(TapeClient client, String provider, URI simulator) {
        this.client = client;
        this.provider = provider;
        this.callLog = simulator.resolve("/simulator/calls?last=1");
    }

    /**
     * Has answers asked for and blocked.
     *
     * @throws BenchException if one is not blocked, or its connection is not closed
     */
    public void run(int warmUp, int answers) throws IOException, InterruptedException {
        awaitRules();
        for (int i = 0; i < warmUp; i++) {
            once();
        }
        for (int i = 0; i < answers; i++) {
            micros.add(once());
        }
        Collections.sort(micros);
    }

    /** New rules take a moment to be in force. */
    private void awaitRules() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (decidedAt("sim?ttft=5&tps=1000&tokens=200", deadline) < 0) {
            if (System.nanoTime() > deadline) {
                throw new BenchException("the rules were not in force within " + PATIENCE.toSeconds() + " s");
            }
        }
    }

    private long once() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long decided = decidedAt("sim?ttft=20&tps=200&tokens=20000", deadline);
        if (decided < 0) {
            throw new BenchException("an answer ended without a verdict");
        }
        return closedAt(deadline) - decided;
    }

    /** When an answer's verdict was published, microseconds since 1970 UTC; -1 if it ended without one. */
    private long decidedAt(String model, long deadline) throws IOException, InterruptedException {
        String conversation = "bench-" + UUID.randomUUID();
        BlockingQueue<EventFrame> read = new LinkedBlockingQueue<>(MOST_WAITING);
        String response = client.ask(
                        new Question(conversation, "Go on until you are stopped", provider, model),
                        UUID.randomUUID().toString())
                .responseId();
        Connection connection = client.responseEvents(conversation, response).open("start", new Listening(read));
        try {
            long decided = -1;
            while (true) {
                EventFrame frame = read.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (frame == null) {
                    throw new BenchException("an answer was not blocked within " + PATIENCE.toSeconds() + " s");
                }
                if (frame.type().equals("moderation")) {
                    decided = frame.publishedAt();
                } else if (frame.terminal()) {
                    return decided;
                }
            }
        } finally {
            connection.close();
        }
    }

    private long closedAt(long deadline) throws IOException, InterruptedException {
        while (System.nanoTime() < deadline) {
            String calls = http.send(HttpRequest.newBuilder(callLog).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            JsonNode last = json.readTree(calls).path(0);
            if (last.hasNonNull("client_closed")) {
                return last.get("client_closed").asLong();
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        throw new BenchException("a blocked answer's connection was not closed within " + PATIENCE.toSeconds() + " s");
    }

    /** Milliseconds from a decision to the closed connection. */
    private double percentile(double part) {
        return micros.get((int) Math.min(micros.size() - 1, Math.ceil(part * micros.size()) - 1)) / 1000.0;
    }

    @Override
    public List<String> lines() {
        return List.of(
                "%d answers blocked, from the decision to the closed connection upstream".formatted(micros.size()),
                "p50 %.1f ms   p99 %.1f ms   max %.1f ms".formatted(percentile(0.5), percentile(0.99), percentile(1)));
    }

    @Override
    public ObjectNode json() {
        return json.createObjectNode()
                .put("answers", micros.size())
                .put("p50_ms", percentile(0.5))
                .put("p99_ms", percentile(0.99))
                .put("max_ms", percentile(1));
    }

    private record Listening(BlockingQueue<EventFrame> read) implements StreamListener {
        @Override
        public void opened() {}

        @Override
        public void frame(EventFrame frame) {
            if (!read.offer(frame)) {
                throw new BenchException("more than " + MOST_WAITING + " frames wait to be read");
            }
        }

        @Override
        public void ended() {}

        @Override
        public void lost(LostConnection lost) {}
    }
}

package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.cli.client.Connection;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.client.LostConnection;
import dev.tokentape.cli.client.Question;
import dev.tokentape.cli.client.StreamListener;
import dev.tokentape.cli.client.TapeClient;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One answer after another at a fixed rate, read by one WebSocket client: what the pipeline adds to each token. */
final class PipelineBench {

    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration SLACK = Duration.ofSeconds(30);
    private static final int MOST_WAITING = 100_000;

    private final TapeClient client;
    private final String provider;
    private final int tokensPerSecond;

    PipelineBench(TapeClient client, String provider, int tokensPerSecond) {
        this.client = client;
        this.provider = provider;
        this.tokensPerSecond = tokensPerSecond;
    }

    /**
     * Has an answer of this length told and reads it to its end, so that nothing is under way when the clock stops.
     *
     * @throws BenchException if it does not come whole
     */
    HopTimes run(Duration length) throws IOException, InterruptedException {
        String conversation = "bench-" + UUID.randomUUID();
        BlockingQueue<EventFrame> read = new LinkedBlockingQueue<>(MOST_WAITING);
        Listening listening = new Listening(read);
        Connection connection = client.conversationSocket(conversation).open("now", listening);
        try {
            listening.awaitOpened();
            long tokens = tokensPerSecond * length.toSeconds();
            client.ask(
                    new Question(
                            conversation,
                            "Tell me all there is to know about tapes",
                            provider,
                            "sim?ttft=50&tps=" + tokensPerSecond + "&tokens=" + tokens),
                    UUID.randomUUID().toString());
            HopTimes times = new HopTimes();
            long deadline = System.nanoTime() + length.plus(SLACK).toNanos();
            while (true) {
                EventFrame frame = read.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (frame == null) {
                    throw new BenchException("the answer did not end in time; " + times.events() + " events came");
                }
                times.add(frame);
                if (frame.terminal()) {
                    return times;
                }
            }
        } finally {
            connection.close();
        }
    }

    private record Listening(BlockingQueue<EventFrame> read, java.util.concurrent.CountDownLatch open)
            implements StreamListener {
        private Listening(BlockingQueue<EventFrame> read) {
            this(read, new java.util.concurrent.CountDownLatch(1));
        }

        private void awaitOpened() throws InterruptedException {
            if (!open.await(CONNECT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BenchException("the gateway did not accept the WebSocket in " + CONNECT.toSeconds() + " s");
            }
        }

        @Override
        public void opened() {
            open.countDown();
        }

        @Override
        public void frame(EventFrame frame) {
            if (!read.offer(frame)) {
                throw new BenchException("more than " + MOST_WAITING + " frames wait to be counted");
            }
        }

        @Override
        public void ended() {}

        @Override
        public void lost(LostConnection lost) {}
    }
}

package dev.tokentape.simulator.load;

import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Measures what many concurrent streams cost, by hand (see the module's README). The simulator runs in a process of its
 * own; this one opens the streams, reads and discards, and prints the simulator's CPU time, memory and tokens.
 */
public final class LoadMeasurement {

    private static final String BODY =
            "{\"model\":\"sim\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"load\"}]}";

    private LoadMeasurement() {}

    /** {@code [streams] [tokens per second] [seconds]}; by default 2000, 20 and 10. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("serve")) {
            serve(args[1]);
            return;
        }
        int streams = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        String rate = args.length > 1 ? args[1] : "20";
        int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 10;
        Process server = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadMeasurement.class.getName(),
                        "serve",
                        rate)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var answers = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
                var questions = server.outputWriter(StandardCharsets.UTF_8)) {
            int port = Integer.parseInt(Objects.requireNonNull(answers.readLine()));
            var selector = Selector.open();
            var sockets = connect(port, streams, selector);
            read(selector, Duration.ofSeconds(5));
            var before = Figures.ask(questions, answers, server);
            read(selector, Duration.ofSeconds(seconds));
            var after = Figures.ask(questions, answers, server);
            double wall = (after.nanos - before.nanos) / 1e9;
            System.out.printf(
                    "%d streams, %s tokens/s each, %.1f s: %.0f tokens/s in all, %.1f %% of one core, RSS %d MB%n",
                    streams,
                    rate,
                    wall,
                    (after.tokens - before.tokens) / wall,
                    100 * (after.cpuNanos - before.cpuNanos) / 1e9 / wall,
                    after.residentKilobytes / 1024);
            for (SocketChannel socket : sockets) {
                socket.close();
            }
        } finally {
            server.destroy();
        }
    }

    private static void serve(String rate) throws Exception {
        var config = SimulatorConfig.defaults()
                .withTokensPerSecond(Double.parseDouble(rate))
                .withTokens(2_000, 2_000);
        try (var simulator = Simulator.start(config);
                var questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(simulator.port());
            while (questions.readLine() != null) {
                System.out.println(simulator.calls().stream()
                        .mapToLong(SimulatedCall::tokens)
                        .sum());
            }
        }
    }

    private static List<SocketChannel> connect(int port, int streams, Selector selector) throws Exception {
        byte[] request = ("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: " + BODY.length()
                        + "\r\n\r\n" + BODY)
                .getBytes(StandardCharsets.UTF_8);
        var sockets = new ArrayList<SocketChannel>();
        for (int stream = 0; stream < streams; stream++) {
            var socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            socket.write(ByteBuffer.wrap(request));
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_READ);
            sockets.add(socket);
        }
        return sockets;
    }

    private static void read(Selector selector, Duration time) throws Exception {
        var buffer = ByteBuffer.allocateDirect(65_536);
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            selector.select(
                    key -> {
                        try {
                            buffer.clear();
                            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                                throw new IllegalStateException("a stream ended");
                            }
                        } catch (java.io.IOException broken) {
                            throw new java.io.UncheckedIOException(broken);
                        }
                    },
                    100);
        }
    }

    private record Figures(long nanos, long tokens, long cpuNanos, long residentKilobytes) {

        static Figures ask(java.io.Writer questions, BufferedReader answers, Process server) throws Exception {
            questions.write("tokens?\n");
            questions.flush();
            long tokens = Long.parseLong(Objects.requireNonNull(answers.readLine()));
            long resident = Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
            long cpu = server.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
            return new Figures(System.nanoTime(), tokens, cpu, resident);
        }
    }
}

package dev.tokentape.benchmarks.faults;

import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.benchmarks.process.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Another JVM with this one's class path, whose lines are kept with the time when they came. Thread-safe. */
final class ServiceChild implements AutoCloseable {

    /** Short-lived programs on a machine that they share: little heap, and no time for the second compiler. */
    private static final List<String> JVM = List.of("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final int SECONDS_TO_END = 20;
    private static final int LINES_TO_SHOW = 5;

    /** @param at monotonic, in nanoseconds */
    record Line(long at, String text) {}

    private final String name;
    private final Process process;
    private final @Nullable Path log;
    private final Thread orphan;
    private final List<Line> lines = new ArrayList<>();

    private ServiceChild(String name, Process process, @Nullable Path logs) {
        this.name = name;
        this.process = process;
        // Services know nothing of their parent: they must not outlive a benchmark that is told to end.
        this.orphan = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(orphan);
        process.onExit().thenRun(this::forget);
        this.log = logs == null ? null : logs.resolve(name + "-" + process.pid() + ".log");
        // Reading a pipe holds a carrier of virtual threads for as long as nothing is said.
        Thread.ofPlatform().daemon().name("bench-" + name).start(this::listen);
    }

    static ServiceChild start(
            String name, Class<?> main, List<String> arguments, Map<String, String> environment, @Nullable Path logs) {
        List<String> options = new ArrayList<>(JVM);
        options.addAll(ofThisProcess("-XX:SharedArchiveFile="));
        ProcessBuilder builder =
                Child.jvm(main, options, arguments, environment).redirectErrorStream(true);
        try {
            return new ServiceChild(name, builder.start(), logs);
        } catch (IOException e) {
            throw new UncheckedIOException("a process of the benchmark could not be started: " + e, e);
        }
    }

    /** Options that this process was given as well, such as the archive that halves a start. */
    private static List<String> ofThisProcess(String prefix) {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith(prefix))
                .toList();
    }

    String name() {
        return name;
    }

    /**
     * Waits for a line.
     *
     * @throws BenchException if the process ends before, or it does not come in time
     */
    Line await(Predicate<String> wanted, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (lines) {
            for (int next = 0; ; next++) {
                while (next == lines.size()) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0 || !process.isAlive()) {
                        throw new BenchException("%s %s; its last words: %s"
                                .formatted(name, left <= 0 ? "did not get ready" : "ended", lastWords()));
                    }
                    TimeUnit.NANOSECONDS.timedWait(lines, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
                }
                if (wanted.test(lines.get(next).text())) {
                    return lines.get(next);
                }
            }
        }
    }

    /** The first line of that kind that came after a moment; null if none has. */
    @Nullable
    Line firstAfter(long nanos, Predicate<String> wanted) {
        synchronized (lines) {
            return lines.stream()
                    .filter(line -> line.at() - nanos >= 0 && wanted.test(line.text()))
                    .findFirst()
                    .orElse(null);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Ends it as a power cut would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Has it stand still until {@link #thaw}. */
    void freeze() throws InterruptedException {
        signal("STOP");
    }

    void thaw() throws InterruptedException {
        signal("CONT");
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(orphan);
        } catch (IllegalStateException _) {
            // This process is ending too.
        }
    }

    private void signal(String signal) throws InterruptedException {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new BenchException("kill -%s ended with %d".formatted(signal, exit));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() {
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
                Writer kept = log == null ? Writer.nullWriter() : Files.newBufferedWriter(log)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                kept.write(line + "\n");
                kept.flush();
                synchronized (lines) {
                    lines.add(new Line(System.nanoTime(), line));
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            // It was killed while it spoke.
            synchronized (lines) {
                lines.notifyAll();
            }
        }
    }

    private String lastWords() {
        return String.join(
                " / ",
                lines.subList(Math.max(0, lines.size() - LINES_TO_SHOW), lines.size()).stream()
                        .map(Line::text)
                        .toList());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

package dev.tokentape.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the operating system says a process has cost so far. */
public final class ProcessCost {

    private static final Pattern RSS = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");
    private static final long JCMD_SECONDS = 20;
    /** Linux shows times in hundredths of a second, whatever the kernel's own clock. */
    private static final long MICROS_PER_TICK = 10_000;
    /** Places in {@code /proc/PID/task/TID/stat} behind the name. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    private final long pid;

    public ProcessCost(long pid) {
        this.pid = pid;
    }

    /** Processor time of all its threads, in user and kernel mode; microseconds. */
    public long cpuMicros() {
        return ProcessHandle.of(pid)
                .flatMap(handle -> handle.info().totalCpuDuration())
                .map(time -> TimeUnit.NANOSECONDS.toMicros(time.toNanos()))
                .orElseThrow(() -> new IllegalStateException("the process " + pid + " is gone"));
    }

    /**
     * Processor time of its just-in-time compiler so far; microseconds. 0 where the system does not tell. The
     * compiler's threads must stay for as long as the process, or the time of those that have ended is not in it.
     */
    public long compilerMicros() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.mapToLong(ProcessCost::compilerTicks).sum() * MICROS_PER_TICK;
        } catch (IOException _) {
            return 0;
        }
    }

    private static long compilerTicks(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            int nameEnd = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, nameEnd);
            if (!name.startsWith("C1 Comp") && !name.startsWith("C2 Comp")) {
                return 0;
            }
            String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
            return Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        } catch (IOException _) {
            // The thread has ended since it was listed.
            return 0;
        }
    }

    /** Memory that it has resident; bytes. -1 where the system does not tell. */
    public long residentBytes() {
        try {
            Matcher matcher = RSS.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
            return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : -1;
        } catch (IOException _) {
            return -1;
        }
    }

    /** Bytes of its heap in use after a full collection. -1 where this Java has no {@code jcmd}. */
    public long heapBytesAfterCollection() {
        jcmd("GC.run");
        Matcher matcher = HEAP_USED.matcher(jcmd("GC.heap_info"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : -1;
    }

    private String jcmd(String command) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return "";
        }
        try {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(JCMD_SECONDS, TimeUnit.SECONDS);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("jcmd could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}

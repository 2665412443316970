package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.benchmarks.process.ProcessCost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM of this program, spoken to by lines, that ends when it is closed. */
final class UpstreamBenchProcess implements AutoCloseable {

    private static final long SECONDS_TO_END = 30;

    private final Process process;
    private final BufferedReader said;
    private final Writer orders;

    private UpstreamBenchProcess(Process process) {
        this.process = process;
        this.said = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    static UpstreamBenchProcess start(Class<?> main, List<String> jvmOptions, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return new UpstreamBenchProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** @throws BenchException if the process has ended */
    String line() throws IOException {
        String line = said.readLine();
        if (line == null) {
            throw new BenchException("a process of the benchmark ended; its last words stand above");
        }
        return line;
    }

    String ask(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        return line();
    }

    /** Ends it as a power cut would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    ProcessCost cost() {
        return new ProcessCost(process.pid());
    }

    @Override
    public void close() throws IOException {
        try {
            orders.close();
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

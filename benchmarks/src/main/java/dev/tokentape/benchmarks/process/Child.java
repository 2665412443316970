package dev.tokentape.benchmarks.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with this one's class path, spoken to line by line. It is told to end by the end of its standard input.
 */
public final class Child implements AutoCloseable {

    private static final int END_SECONDS = 20;

    private final String name;
    private final Process process;
    private final BufferedWriter orders;
    private final BufferedReader answers;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one without variables of its own. */
    public static Child start(Class<?> main, List<String> jvmOptions, List<String> arguments) {
        return start(main, jvmOptions, arguments, Map.of());
    }

    static Child start(
            Class<?> main, List<String> jvmOptions, List<String> arguments, Map<String, String> environment) {
        try {
            return new Child(
                    main.getSimpleName(),
                    jvm(main, jvmOptions, arguments, environment)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException("a process for the measurement could not be started: " + e, e);
        }
    }

    /** Another JVM with this one's class path, not yet started. */
    public static ProcessBuilder jvm(
            Class<?> main, List<String> jvmOptions, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xlog:disable"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder;
    }

    public ProcessCost cost() {
        return new ProcessCost(process.pid());
    }

    void tell(String line) {
        try {
            orders.write(line);
            orders.newLine();
            orders.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " takes no orders any more", e);
        }
    }

    /** Tells it a line, and returns the next one that it writes. */
    public String ask(String order) {
        tell(order);
        return answer();
    }

    /**
     * The next line that it writes.
     *
     * @throws BenchException if it has ended
     */
    public String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new BenchException(name + " has ended before its work was done; what it logged tells why");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    /** Ends it at once, as a crash would. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    @Override
    public void close() {
        try {
            orders.close();
        } catch (IOException _) {
            // It has ended already.
        }
        if (!awaitEnd()) {
            process.destroyForcibly();
        }
    }

    private boolean awaitEnd() {
        try {
            return process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return true;
        }
    }
}

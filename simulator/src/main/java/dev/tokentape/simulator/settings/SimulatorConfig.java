package dev.tokentape.simulator.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a simulator is started with.
 *
 * @param host the address to listen on
 * @param port the port; 0 takes a free one
 * @param threads event loops
 * @param callLog how many calls the log keeps; older ones are forgotten
 * @param requiredKey the API key which calls must give; {@code *} accepts any, null also none
 * @param replay a recorded response body to serve for every POST; null answers by script
 * @param calls how calls are answered unless their model name or headers say otherwise
 * @param flaggedWords what the moderation endpoint flags, wherever it stands in a text
 */
public record SimulatorConfig(
        String host,
        int port,
        int threads,
        int callLog,
        @Nullable String requiredKey,
        @Nullable Path replay,
        CallSettings calls,
        List<String> flaggedWords) {

    /** What every key of {@link #from} begins with. */
    public static final String PREFIX = "simulator.";

    private static final int MOST_THREADS = 64;
    private static final int LONGEST_CALL_LOG = 1_000_000;

    /** Listens on a free port of 127.0.0.1, with two event loops at most and a log of 10,000 calls. */
    public static SimulatorConfig defaults() {
        int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
        return new SimulatorConfig("127.0.0.1", 0, threads, 10_000, null, null, CallSettings.DEFAULT, List.of());
    }

    /**
     * The defaults, changed by those settings whose key begins with {@code simulator.}; others are not looked at.
     *
     * @throws IllegalArgumentException naming every problem, one a line
     */
    public static SimulatorConfig from(Map<String, String> settings) {
        var problems = new ArrayList<String>();
        SimulatorConfig config = defaults();
        var calls = new SettingsReader(config.calls);
        for (var setting : new TreeMap<>(settings).entrySet()) {
            if (!setting.getKey().startsWith(PREFIX)) {
                continue;
            }
            String key = setting.getKey().substring(PREFIX.length());
            String value = setting.getValue().strip();
            switch (key) {
                case "host" -> config = config.withHost(value);
                case "port" -> config = config.withPort(number(key, value, 0, 65_535, problems));
                case "threads" -> config = config.withThreads(number(key, value, 1, MOST_THREADS, problems));
                case "call-log" -> config = config.withCallLog(number(key, value, 1, LONGEST_CALL_LOG, problems));
                case "require-key" -> config = config.withRequiredKey(value.isEmpty() ? null : value);
                case "flagged-words" -> config = config.withFlaggedWords(words(value));
                case "replay" -> config = config.withReplay(file(key, value, problems));
                default -> {
                    if (SettingsReader.KEYS.contains(key)) {
                        calls.read(key, value);
                    } else {
                        problems.add(key + " is no setting");
                    }
                }
            }
        }
        problems.addAll(calls.problems());
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    problems.stream().map(PREFIX::concat).collect(Collectors.joining("\n")));
        }
        return config.withCalls(calls.settings());
    }

    private static int number(String key, String value, int min, int max, List<String> problems) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
            problems.add(key + "=" + value + " is not between " + min + " and " + max);
        } catch (NumberFormatException notANumber) {
            problems.add(key + "=" + value + " is not a whole number");
        }
        return min;
    }

    private static List<String> words(String value) {
        return Stream.of(value.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static @Nullable Path file(String key, String value, List<String> problems) {
        if (value.isEmpty()) {
            return null;
        }
        try {
            Path file = Path.of(value);
            if (Files.isReadable(file)) {
                return file;
            }
            problems.add(key + "=" + value + ": there is no such readable file");
        } catch (InvalidPathException notAPath) {
            problems.add(key + "=" + value + " is not the name of a file");
        }
        return null;
    }

    public SimulatorConfig withHost(String newHost) {
        return new SimulatorConfig(newHost, port, threads, callLog, requiredKey, replay, calls, flaggedWords);
    }

    public SimulatorConfig withPort(int newPort) {
        return new SimulatorConfig(host, newPort, threads, callLog, requiredKey, replay, calls, flaggedWords);
    }

    public SimulatorConfig withThreads(int number) {
        return new SimulatorConfig(host, port, number, callLog, requiredKey, replay, calls, flaggedWords);
    }

    public SimulatorConfig withCallLog(int length) {
        return new SimulatorConfig(host, port, threads, length, requiredKey, replay, calls, flaggedWords);
    }

    public SimulatorConfig withRequiredKey(@Nullable String key) {
        return new SimulatorConfig(host, port, threads, callLog, key, replay, calls, flaggedWords);
    }

    public SimulatorConfig withReplay(@Nullable Path file) {
        return new SimulatorConfig(host, port, threads, callLog, requiredKey, file, calls, flaggedWords);
    }

    public SimulatorConfig withFlaggedWords(List<String> words) {
        return new SimulatorConfig(host, port, threads, callLog, requiredKey, replay, calls, List.copyOf(words));
    }

    public SimulatorConfig withCalls(CallSettings settings) {
        return new SimulatorConfig(host, port, threads, callLog, requiredKey, replay, settings, flaggedWords);
    }

    public SimulatorConfig withTimeToFirstToken(int millis) {
        return withCalls(calls.withTimeToFirstToken(millis));
    }

    public SimulatorConfig withTokensPerSecond(double rate) {
        return withCalls(calls.withTokensPerSecond(rate));
    }

    public SimulatorConfig withJitter(double fraction) {
        return withCalls(calls.withJitter(fraction));
    }

    public SimulatorConfig withTokens(int min, int max) {
        return withCalls(calls.withTokens(min, max));
    }

    public SimulatorConfig withSeed(long seed) {
        return withCalls(calls.withSeed(seed));
    }

    public SimulatorConfig withStrict(boolean whether) {
        return withCalls(calls.withStrict(whether));
    }

    public SimulatorConfig withFaults(Fault... faults) {
        return withCalls(calls.withFaults(List.of(faults)));
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "SimulatorConfig[host=" + host + ", port=" + port + ", threads=" + threads + ", callLog=" + callLog
                + ", requiredKey=" + (requiredKey == null ? "none" : "set") + ", replay=" + replay + ", calls=" + calls
                + ", flaggedWords=" + flaggedWords + "]";
    }
}

package dev.tokentape.simulator.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads call settings written as {@code key=value}, from a model name ({@code sim?tps=500&fault=stall@50}), the
 * {@code x-simulate} header ({@code tps=500;fault=stall@50}) or the configuration; collects every problem.
 */
public final class SettingsReader {

    /** The keys, in the order in which they are documented. */
    public static final List<String> KEYS = List.of(
            "ttft", "tps", "jitter", "tokens", "think", "seed", "stop", "retry-after", "fault", "dialect", "strict");

    private CallSettings settings;
    private final List<String> problems = new ArrayList<>();

    public SettingsReader(CallSettings defaults) {
        this.settings = defaults;
    }

    /**
     * The settings of a call: the defaults, overridden by the model's preset, by what stands after the {@code ?} of its
     * name, and by the {@code x-simulate} header, in this order. Problems are collected.
     */
    public static SettingsReader forCall(CallSettings defaults, String model, String header) {
        var reader = new SettingsReader(preset(defaults, modelName(model)));
        int mark = model.indexOf('?');
        if (mark >= 0) {
            reader.readAll(model.substring(mark + 1), "&");
        }
        reader.readAll(header, ";");
        return reader;
    }

    /** The name of the model without the settings which follow it. */
    public static String modelName(String model) {
        int mark = model.indexOf('?');
        return mark < 0 ? model : model.substring(0, mark);
    }

    private static CallSettings preset(CallSettings defaults, String model) {
        return switch (model) {
            case "sim-fast" -> defaults.withTimeToFirstToken(5).withTokensPerSecond(500);
            case "sim-slow" -> defaults.withTimeToFirstToken(2000).withTokensPerSecond(5);
            default -> defaults;
        };
    }

    private void readAll(String written, String separator) {
        for (String pair : written.split(separator, -1)) {
            if (!pair.isBlank()) {
                int equals = pair.indexOf('=');
                if (equals < 0) {
                    problems.add("setting '" + pair.strip() + "' has no value");
                } else {
                    read(
                            pair.substring(0, equals).strip(),
                            pair.substring(equals + 1).strip());
                }
            }
        }
    }

    /** Reads one setting. {@code fault} adds to the faults already there; several are separated by commas. */
    public void read(String key, String value) {
        try {
            settings = switch (key) {
                case "ttft" -> settings.withTimeToFirstToken(integer(key, value, 0, FaultReader.LONGEST_WAIT_MILLIS));
                case "tps" -> settings.withTokensPerSecond(decimal(key, value, 0, 1_000_000));
                case "jitter" -> settings.withJitter(decimal(key, value, 0, 1));
                case "tokens" -> tokens(value);
                case "think" -> settings.withThinkTokens(integer(key, value, 0, CallSettings.LONGEST_ANSWER));
                case "seed" -> settings.withSeed(seed(value));
                case "stop" -> settings.withStop(stop(value));
                case "retry-after" ->
                    settings.withRetryAfter(value.equals("none") ? -1 : integer(key, value, 0, 86_400));
                case "fault" -> settings.withFaults(faults(value));
                case "dialect" -> settings.withDialect(dialect(value));
                case "strict" -> settings.withStrict(flag(key, value));
                default -> throw new IllegalArgumentException("setting '" + key + "' is not known; known are " + KEYS);
            };
        } catch (IllegalArgumentException wrong) {
            problems.add(String.valueOf(wrong.getMessage()));
        }
    }

    /** The settings read so far; meaningful when there are no {@link #problems()}. */
    public CallSettings settings() {
        return settings;
    }

    /** What was wrong, one sentence each. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    private CallSettings tokens(String value) {
        int dots = value.indexOf("..");
        int min = integer("tokens", dots < 0 ? value : value.substring(0, dots), 0, CallSettings.LONGEST_ANSWER);
        int max = dots < 0 ? min : integer("tokens", value.substring(dots + 2), 0, CallSettings.LONGEST_ANSWER);
        if (max < min) {
            throw new IllegalArgumentException("tokens=" + value + ": the larger number comes last");
        }
        return settings.withTokens(min, max);
    }

    private List<Fault> faults(String value) {
        var faults = new ArrayList<>(settings.faults());
        for (String written : value.split(",", -1)) {
            if (!written.isBlank()) {
                try {
                    faults.add(FaultReader.read(written.strip()));
                } catch (IllegalArgumentException wrong) {
                    problems.add(String.valueOf(wrong.getMessage()));
                }
            }
        }
        return faults;
    }

    private static StopSetting stop(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "end" -> StopSetting.END;
            case "refusal" -> StopSetting.REFUSAL;
            case "content-filter" -> StopSetting.CONTENT_FILTER;
            default ->
                throw new IllegalArgumentException("stop=" + value + " is not one of end, refusal, content-filter");
        };
    }

    private static ChatDialect dialect(String value) {
        return ChatDialect.named(value)
                .orElseThrow(() -> new IllegalArgumentException("dialect=" + value + " is not one of "
                        + Stream.of(ChatDialect.values())
                                .map(ChatDialect::spelling)
                                .collect(Collectors.joining(", "))));
    }

    private static boolean flag(String key, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(key + "=" + value + " is neither true nor false");
        };
    }

    private static long seed(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("seed=" + value + " is not a whole number", notANumber);
        }
    }

    private static int integer(String key, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(key + "=" + value + " is not a whole number", notANumber);
        }
        throw new IllegalArgumentException(key + "=" + value + " is not between " + min + " and " + max);
    }

    private static double decimal(String key, String value, double min, double max) {
        try {
            double number = Double.parseDouble(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(key + "=" + value + " is not a number", notANumber);
        }
        throw new IllegalArgumentException(key + "=" + value + " is not between " + min + " and " + max);
    }
}

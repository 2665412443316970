package dev.tokentape.schemas.config;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one process: values given on the command line before the environment before a properties file before
 * defaults.
 *
 * <p>A key like {@code gateway.max-connections} is the environment variable {@code TOKENTAPE_GATEWAY_MAX_CONNECTIONS}.
 * Two have the names that the field gives them: {@code kafka.bootstrap.servers} is {@code KAFKA_BOOTSTRAP_SERVERS},
 * {@code schema.registry.url} is {@code SCHEMA_REGISTRY_URL}. The file is named by {@code TOKENTAPE_CONFIG}.
 *
 * <p>A reading method never fails: it notes the problem and returns the default, so that {@link #check} can name all
 * problems at once. What was read, and from where, is kept for {@link #describe}. Not thread-safe: read at start.
 */
public final class Settings {

    private static final String VARIABLE_PREFIX = "TOKENTAPE_";
    private static final Pattern DURATION = Pattern.compile("(\\d+)(us|ms|s|m|h|d)");
    private static final Map<String, String> FIELD_NAMES =
            Map.of("kafka.bootstrap.servers", "KAFKA_BOOTSTRAP_SERVERS", "schema.registry.url", "SCHEMA_REGISTRY_URL");

    private final Map<String, String> given;
    private final Map<String, String> environment;
    private final Map<String, String> file;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> described = new TreeMap<>();

    public Settings(Map<String, String> given, Map<String, String> environment, Map<String, String> file) {
        this.given = Map.copyOf(given);
        this.environment = Map.copyOf(environment);
        this.file = Map.copyOf(file);
    }

    /** Where a value comes from. */
    public enum Source {
        COMMAND_LINE,
        ENVIRONMENT,
        FILE
    }

    /** The settings of this process, with these values first. An unreadable file is a problem, no exception. */
    public static Settings ofProcess(Map<String, String> given) {
        Map<String, String> environment = System.getenv();
        String path = environment.get("TOKENTAPE_CONFIG");
        if (path == null) {
            return new Settings(given, environment, Map.of());
        }
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(path))) {
            read.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            Settings settings = new Settings(given, environment, Map.of());
            settings.problems.add("TOKENTAPE_CONFIG=%s cannot be read: %s".formatted(path, reason(e)));
            return settings;
        }
        Map<String, String> values = new LinkedHashMap<>();
        read.stringPropertyNames().forEach(key -> values.put(key, read.getProperty(key)));
        return new Settings(given, environment, values);
    }

    private static String reason(Exception failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "it may not be read";
            case MalformedInputException _ -> "it is not UTF-8";
            default -> String.valueOf(failure.getMessage());
        };
    }

    /** Settings with only these values: for tests and embedding. */
    public static Settings of(Map<String, String> given) {
        return new Settings(given, Map.of(), Map.of());
    }

    public String text(String key, String defaultValue) {
        return parsed(key, defaultValue, defaultValue, value -> value);
    }

    public @Nullable String optionalText(String key) {
        String value = givenValue(key);
        described.put(key, value == null ? "(not set)" : value);
        return value;
    }

    /** @param min least allowed value @param max greatest allowed value */
    public int integer(String key, int defaultValue, int min, int max) {
        return (int) wholeNumber(key, defaultValue, min, max);
    }

    /** @param min least allowed value @param max greatest allowed value */
    public long wholeNumber(String key, long defaultValue, long min, long max) {
        return parsed(key, defaultValue, String.valueOf(defaultValue), value -> {
            long number;
            try {
                number = Long.parseLong(value.strip());
            } catch (NumberFormatException _) {
                throw new IllegalArgumentException("expected a whole number");
            }
            if (number < min || number > max) {
                throw new IllegalArgumentException("expected %d to %d".formatted(min, max));
            }
            return number;
        });
    }

    public boolean flag(String key, boolean defaultValue) {
        return parsed(key, defaultValue, String.valueOf(defaultValue), value -> switch (value.strip()
                .toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        });
    }

    /** A time like {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 7d}, or ISO-8601 like {@code PT10S}. */
    public Duration duration(String key, Duration defaultValue) {
        return parsed(key, defaultValue, written(defaultValue), Settings::time);
    }

    /** The same, above zero: a millisecond or more. */
    public Duration positive(String key, Duration defaultValue) {
        return bounded(key, defaultValue, value -> value.toMillis() > 0, "a time above zero, 1ms or more");
    }

    /** The same, zero or above. */
    public Duration notNegative(String key, Duration defaultValue) {
        return bounded(key, defaultValue, value -> !value.isNegative(), "no time below zero");
    }

    private Duration bounded(String key, Duration defaultValue, Predicate<Duration> good, String expected) {
        Duration value = duration(key, defaultValue);
        if (good.test(value)) {
            return value;
        }
        problem("%s is %s: expected %s".formatted(key, value, expected));
        return defaultValue;
    }

    /** What stands between commas, without blanks around; nothing for an empty text. */
    public List<String> list(String key, String defaultValue) {
        return entries(text(key, defaultValue));
    }

    /** The entries of a text that is separated by commas, without blanks around. */
    public static List<String> entries(String commaSeparated) {
        return Arrays.stream(commaSeparated.split(",", -1))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    public URI uri(String key, String defaultValue) {
        return parsed(key, URI.create(defaultValue), defaultValue, value -> {
            URI uri = URI.create(value.strip());
            if (uri.getScheme() == null || uri.getHost() == null) {
                throw new IllegalArgumentException("expected an address like http://host:port");
            }
            return uri;
        });
    }

    /** A secret in an environment variable (or given value) of exactly this name; never described. */
    public @Nullable String secret(String variable) {
        String value = given.containsKey(variable) ? given.get(variable) : environment.get(variable);
        described.put(variable, value == null || value.isBlank() ? "(not set)" : "(set)");
        return value == null || value.isBlank() ? null : value.strip();
    }

    /**
     * All values under a prefix, with the prefix cut off; from given values and file only, since variables cannot tell
     * a dot from a dash.
     */
    public Map<String, String> under(String prefix) {
        Map<String, String> found = new TreeMap<>();
        file.forEach((key, value) -> putUnder(prefix, key, value, found));
        given.forEach((key, value) -> putUnder(prefix, key, value, found));
        found.forEach((key, value) -> described.put(prefix + key, looksSecret(key) ? "(set)" : value));
        return found;
    }

    /**
     * What has been given from one place: keys, but for the environment, whose variables are given by their own names,
     * those of this program only.
     */
    public Set<String> givenFrom(Source source) {
        return switch (source) {
            case COMMAND_LINE -> new TreeSet<>(given.keySet());
            case FILE -> new TreeSet<>(file.keySet());
            case ENVIRONMENT -> {
                Set<String> ours = new TreeSet<>(environment.keySet());
                ours.removeIf(variable -> !variable.startsWith(VARIABLE_PREFIX));
                yield ours;
            }
        };
    }

    /** Notes a problem found by the caller, such as two settings that do not fit together. */
    public void problem(String problem) {
        problems.add(problem);
    }

    /** @throws InvalidSettingsException naming every problem there was */
    public void check() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    /** Every setting read so far with its value, secrets only as set or not set, sorted by key. */
    public Map<String, String> describe() {
        return new TreeMap<>(described);
    }

    /** The environment variable of a key. */
    public static String variableOf(String key) {
        String fixed = FIELD_NAMES.get(key);
        return fixed != null
                ? fixed
                : VARIABLE_PREFIX
                        + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private <T> T parsed(String key, T defaultValue, String describedDefault, Function<String, T> parser) {
        String value = givenValue(key);
        if (value == null) {
            described.put(key, describedDefault);
            return defaultValue;
        }
        described.put(key, value);
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            problems.add("%s (%s) is '%s': %s".formatted(key, variableOf(key), value, e.getMessage()));
            return defaultValue;
        }
    }

    /** The value from the first place that has one, or null; {@link #describe} does not count it as read. */
    public @Nullable String givenValue(String key) {
        String value = given.get(key);
        if (value == null) {
            value = environment.get(variableOf(key));
        }
        if (value == null) {
            value = file.get(key);
        }
        return value == null || value.isBlank() ? null : value;
    }

    /** A time as people write it in settings: {@code 10s}, {@code 500ms}, {@code 15m}. */
    public static String written(Duration time) {
        if (time.isNegative() || time.getNano() % 1_000_000 != 0) {
            return time.toString();
        }
        long millis = time.toMillis();
        if (millis % 1_000 != 0 || millis == 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /**
     * A time as people write it in settings; the inverse of {@link #written}.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static Duration time(String value) {
        Matcher matcher = DURATION.matcher(value.strip());
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "us" -> Duration.ofNanos(amount * 1_000);
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
        try {
            return Duration.parse(value.strip());
        } catch (DateTimeParseException _) {
            throw new IllegalArgumentException("expected a time like 500ms, 10s, 5m, 1h or 7d");
        }
    }

    private static void putUnder(String prefix, String key, String value, Map<String, String> found) {
        if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
        }
    }

    private static boolean looksSecret(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return lower.contains("password")
                || lower.contains("secret")
                || lower.contains("jaas")
                || lower.contains("key");
    }
}

package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the style asks of every source file, and no other tool checks. */
class SourcesTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int COLUMNS = 120;

    /** The same idea, in modules that cannot see each other or on both sides of one API. */
    private static final Set<String> SAME_IDEA = Set.of(
            "ChatMessages", "ChatRules", "CircuitBreaker", "Clocks", "OllamaRequest", "ResponseKey", "package-info");

    private static final String LITERAL = "\"(?:[^\"\\\\{]|\\\\.|\\{(?!}))*\"";
    private static final Pattern LOGS =
            Pattern.compile("\\b(?:log|LOG)\\s*\\.(?:trace|debug|info|warn|error)\\(|(?<!Math)\\.log\\(");
    /** Words that stand in the source, without a place for a value, and perhaps an exception. */
    private static final Pattern SENTENCE =
            Pattern.compile("\\s*" + LITERAL + "(?:\\s*\\+\\s*" + LITERAL + ")*(?:,\\s*[\\w.()]+)?\\)");

    private static final Pattern KEY = Pattern.compile("\\.addKeyValue\\(\\s*\"([^\"]+)\"");
    private static final List<String> FIRST_KEYS = List.of("conversation", "response", "provider", "code");

    @Test
    void noLineIsWiderThanTheColumns() throws IOException {
        // Given
        List<Path> files = sources("src");

        // When
        List<String> wide = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.length() > COLUMNS && !line.startsWith("import ")) {
                    wide.add("%s:%d has %d columns".formatted(ROOT.relativize(file), i + 1, line.length()));
                }
            }
        }

        // Then
        assertThat(files).hasSizeGreaterThan(500);
        assertThat(wide).isEmpty();
    }

    @Test
    void logsAreSentencesWithoutValuesWhichStandBesideThemByKey() throws IOException {
        // Given
        List<Path> files = loggingSources();

        // When
        int logged = 0;
        List<String> mixed = new ArrayList<>();
        for (Path file : files) {
            String source = Files.readString(file);
            Matcher log = LOGS.matcher(source);
            while (log.find()) {
                logged++;
                if (!SENTENCE.matcher(source).region(log.end(), source.length()).lookingAt()) {
                    mixed.add(at(file, source, log.start()));
                }
            }
        }

        // Then
        assertThat(logged).isGreaterThan(50);
        assertThat(mixed).isEmpty();
    }

    @Test
    void keysOfLogsHaveOneNameAndOneOrder() throws IOException {
        // Given
        List<Path> files = loggingSources();

        // When
        List<String> wrong = new ArrayList<>();
        for (Path file : files) {
            String source = Files.readString(file);
            int from = 0;
            for (String statement : source.split(";", -1)) {
                List<Integer> places = KEY.matcher(statement)
                        .results()
                        .map(key -> place(key.group(1)))
                        .toList();
                if (!places.equals(places.stream().sorted().toList()) || places.contains(-1)) {
                    wrong.add(at(file, source, from + statement.indexOf(".addKeyValue")));
                }
                from += statement.length() + 1;
            }
        }

        // Then
        assertThat(wrong).isEmpty();
    }

    @Test
    void aNameOfAClassMeansOneThing() throws IOException {
        // Given
        List<Path> files = sources("src/main");

        // When
        Map<String, List<String>> packagesByName = files.stream()
                .collect(Collectors.groupingBy(
                        file -> file.getFileName().toString().replace(".java", ""),
                        TreeMap::new,
                        Collectors.mapping(
                                file -> ROOT.relativize(file.resolveSibling("")).toString(), Collectors.toList())));
        packagesByName.keySet().removeAll(SAME_IDEA);
        packagesByName.values().removeIf(packages -> packages.size() == 1);

        // Then
        assertThat(packagesByName).isEmpty();
    }

    /** Where a key stands among those of its line; -1 of another name for one of the first. */
    private static int place(String key) {
        int place = FIRST_KEYS.indexOf(key);
        if (place >= 0) {
            return place;
        }
        return FIRST_KEYS.stream().anyMatch(first -> key.matches(first + "[_.]?(?i:id|name|key)"))
                ? -1
                : FIRST_KEYS.size();
    }

    private static String at(Path file, String source, int offset) {
        long line = source.substring(0, offset).lines().count();
        return "%s:%d".formatted(ROOT.relativize(file), line);
    }

    private static List<Path> loggingSources() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path file : sources("src/main")) {
            if (Files.readString(file).contains("import org.slf4j.Logger;")) {
                found.add(file);
            }
        }
        return found;
    }

    private static List<Path> sources(String folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.map(child -> child.resolve(folder))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList()) {
                try (Stream<Path> files = Files.walk(module)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
                }
            }
        }
        return found;
    }
}

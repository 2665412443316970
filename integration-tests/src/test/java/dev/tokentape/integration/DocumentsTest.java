package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say of each other, held against the files. */
class DocumentsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DECISIONS = ROOT.resolve("docs/decisions");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("# (\\d+)\\. (.+)");

    @Test
    void everyLinkBetweenDocumentsLeadsSomewhere() throws IOException {
        // Given
        List<Path> documents = documents();

        // When
        List<String> broken = new ArrayList<>();
        for (Path document : documents) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains("://") && !leadsSomewhere(document, target)) {
                    broken.add(ROOT.relativize(document) + ": " + target);
                }
            }
        }

        // Then
        assertThat(documents).hasSizeGreaterThan(20);
        assertThat(broken).isEmpty();
    }

    @Test
    void theIndexOfDecisionsHasEveryPageByNumberAndHeading() throws IOException {
        // Given
        TreeMap<Integer, String> rows = new TreeMap<>();
        try (Stream<Path> pages = Files.list(DECISIONS)) {
            for (Path page : pages.filter(DocumentsTest::isNumbered).toList()) {
                String name = page.getFileName().toString();
                Matcher heading = HEADING.matcher(Files.readAllLines(page).getFirst());
                assertThat(heading.matches()).as("the first line of %s", name).isTrue();
                int number = Integer.parseInt(heading.group(1));
                assertThat(name).startsWith("%04d-".formatted(number));
                String before = rows.put(number, "| %d | [%s](%s) |".formatted(number, heading.group(2), name));
                assertThat(before)
                        .as("another page with the number of %s", name)
                        .isNull();
            }
        }

        // When
        List<String> index = Files.readAllLines(DECISIONS.resolve("README.md")).stream()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .toList();

        // Then
        assertThat(index).containsExactlyElementsOf(rows.values());
    }

    @Test
    void everyDecisionHasItsContextItsChoiceWhatWasRejectedAndWhenToLookAgain() throws IOException {
        // Given
        List<String> parts = List.of("\n**Context.**", "\n**Choice.**", "\n**Rejected.**", "\n**Look again**");

        // When
        List<String> lacking = new ArrayList<>();
        try (Stream<Path> pages = Files.list(DECISIONS)) {
            for (Path page : pages.filter(DocumentsTest::isNumbered).toList()) {
                String text = Files.readString(page);
                parts.stream()
                        .filter(part -> !text.contains(part))
                        .forEach(part -> lacking.add(page.getFileName() + ":" + part.strip()));
            }
        }

        // Then
        assertThat(lacking).isEmpty();
    }

    private static boolean isNumbered(Path page) {
        return page.getFileName().toString().matches("\\d{4}-.*\\.md");
    }

    private static boolean leadsSomewhere(Path document, String target) throws IOException {
        int hash = target.indexOf('#');
        Path file = hash == 0
                ? document
                : document.resolveSibling(hash < 0 ? target : target.substring(0, hash))
                        .normalize();
        if (hash < 0 || !file.toString().endsWith(".md")) {
            return Files.exists(file);
        }
        return Files.exists(file) && anchors(file).contains(target.substring(hash + 1));
    }

    /** What GitHub makes of headings: lower case, spaces to dashes, other signs but letters, digits, dashes gone. */
    private static List<String> anchors(Path document) throws IOException {
        return Files.readAllLines(document).stream()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static List<Path> documents() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("node_modules")
                            && !file.toString().contains("/target/"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

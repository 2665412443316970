package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.benchmarks.process.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A text to measure with, which nobody has written for that.
 *
 * @param name where it comes from
 */
record BenchText(String name, String text) {

    private static final int SHORTEST = 10_000;
    private static final int LONGEST = 20_000_000;

    /**
     * A file's text, or the licences that every JDK has with it: 400,000 characters of prose, lists, tables and
     * addresses.
     *
     * @throws BenchException if it is no text of 10,000 to 20,000,000 characters
     */
    static BenchText of(@Nullable Path file) throws IOException {
        BenchText text = file == null
                ? new BenchText("the licences of Java " + Runtime.version().feature(), licences())
                : new BenchText(String.valueOf(file.getFileName()), Files.readString(file));
        if (text.text.length() < SHORTEST || text.text.length() > LONGEST) {
            throw new BenchException(
                    "%s: %,d characters are not enough or too many; name a text of %,d to %,d with --text FILE"
                            .formatted(text.name, text.text.length(), SHORTEST, LONGEST));
        }
        return text;
    }

    private static String licences() throws IOException {
        Path folder = Path.of(System.getProperty("java.home"), "legal");
        if (!Files.isDirectory(folder)) {
            return "";
        }
        Set<String> texts = new LinkedHashSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : sorted) {
                texts.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        }
        return String.join("\n", texts);
    }
}

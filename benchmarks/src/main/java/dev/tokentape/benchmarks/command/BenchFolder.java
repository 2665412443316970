package dev.tokentape.benchmarks.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for one benchmark, gone with all that is in it when that has ended. */
record BenchFolder(Path path) implements AutoCloseable {

    static BenchFolder create() throws IOException {
        return new BenchFolder(Files.createTempDirectory("tokentape-bench"));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            all.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}

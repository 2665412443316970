package dev.tokentape.standalone.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files that libraries lock while they run, and leave empty behind.
 *
 * <p>They may be deleted: the lock of the broker's folder already keeps a second process out of all the data.
 */
final class LockFiles {

    private static final int DEPTH = 3;

    private LockFiles() {}

    /** Deletes those of the schema file and of the processor's state. */
    static void delete(Path data) throws IOException {
        Files.deleteIfExists(data.resolve("schemas.json.lock"));
        Path state = data.resolve("processor");
        if (!Files.exists(state)) {
            return;
        }
        List<Path> locks;
        try (Stream<Path> files = Files.walk(state, DEPTH)) {
            locks = files.filter(file -> file.getFileName().toString().equals(".lock"))
                    .toList();
        }
        for (Path lock : locks) {
            Files.deleteIfExists(lock);
        }
    }
}

package dev.tokentape.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFilesTest {

    @TempDir
    Path data;

    @Test
    void onlyLockFilesAreDeleted() throws Exception {
        // Given
        Path application = Files.createDirectories(data.resolve("processor/tokentape-processor"));
        Files.createFile(application.resolve(".lock"));
        Path state = Files.writeString(application.resolve("kafka-streams-process-metadata"), "{}");
        Files.createFile(data.resolve("schemas.json.lock"));
        Path schemas = Files.writeString(data.resolve("schemas.json"), "[]");

        // When
        LockFiles.delete(data);

        // Then
        try (Stream<Path> files = Files.walk(data)) {
            assertThat(files.filter(Files::isRegularFile)).containsExactlyInAnyOrder(state, schemas);
        }
    }

    @Test
    void aDataFolderWithoutStateIsFine() throws Exception {
        // When
        LockFiles.delete(data);

        // Then
        assertThat(data).isEmptyDirectory();
    }
}

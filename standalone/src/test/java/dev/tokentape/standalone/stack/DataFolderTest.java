package dev.tokentape.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    private Path temporary = Path.of("");

    @Test
    void whatWasCreatedForAStartThatIsRefusedIsTakenAwayAgain() {
        // Given
        DataFolder data = DataFolder.create(temporary.resolve("a/b/c"));
        assertThat(temporary.resolve("a/b/c")).isEmptyDirectory();

        // When
        data.forget();

        // Then
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void whatHoldsSomethingOrWasThereStays() throws IOException {
        // Given
        Path there = Files.createDirectory(temporary.resolve("there"));
        DataFolder data = DataFolder.create(there.resolve("a/b"));
        Path kept = Files.createFile(there.resolve("a/kept"));

        // When
        data.forget();
        DataFolder.create(there).forget();

        // Then
        assertThat(kept).exists();
        assertThat(there.resolve("a/b")).doesNotExist();
    }

    @Test
    void aFileInItsPlaceIsNamed() throws IOException {
        // Given
        Path file = Files.createFile(temporary.resolve("file"));

        // When
        assertThatThrownBy(() -> DataFolder.create(file))

                // Then
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(file + " is a file");
        assertThatThrownBy(() -> DataFolder.create(file.resolve("below"))).isInstanceOf(CommandFailure.class);
    }
}

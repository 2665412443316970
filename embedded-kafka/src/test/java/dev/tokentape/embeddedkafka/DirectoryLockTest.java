package dev.tokentape.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DirectoryLockTest {
    @TempDir
    Path folder;

    @Test
    void anotherProcessIsToldWhoHoldsTheDirectoryUntilThatOneDies() throws Exception {
        // Given
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = holder.inputReader()) {
            assertThat(output.readLine()).isEqualTo("held");

            // When
            assertThatThrownBy(() -> DirectoryLock.take(folder, "second").close())

                    // Then
                    .isInstanceOf(EmbeddedKafkaException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("first, process " + holder.pid());
            holder.destroyForcibly();
            assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
            try (DirectoryLock lock = DirectoryLock.take(folder, "second")) {
                assertThat(lock).isNotNull();
                assertThat(folder.resolve(DirectoryLock.FILE)).content().startsWith("second, process ");
            }
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void releasingDeletesTheFileAndTheNextOneMayTakeIt() throws Exception {
        // Given
        DirectoryLock.take(folder, "first").close();
        assertThat(Files.exists(folder.resolve(DirectoryLock.FILE))).isFalse();

        // When
        try (DirectoryLock second = DirectoryLock.take(folder, "second")) {

            // Then
            assertThat(second).isNotNull();
        }
    }

    /** Holds the lock of the folder named by its argument until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            DirectoryLock lock = DirectoryLock.take(Path.of(args[0]), "first");
            System.out.println("held");
            Thread.currentThread().join();
            lock.close();
        }
    }
}

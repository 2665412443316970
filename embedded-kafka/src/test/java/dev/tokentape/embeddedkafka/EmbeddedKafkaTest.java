package dev.tokentape.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokentape.embeddedkafka.EmbeddedKafkaException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaTest {
    @TempDir
    Path folder;

    @Test
    void aRecordIsStillThereAfterReopeningTheDirectory() throws Exception {
        // Given
        Path directory = folder.resolve("with blank/kafka");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(directory))) {
            Records records = new Records(kafka.bootstrapServers());
            records.createTopic("tape");
            records.send("tape", "first");
            assertThat(records.readAll("tape")).containsExactly("first");
        }
        assertThat(EmbeddedKafka.mustRecover(directory)).isFalse();

        // When
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(directory))) {

            // Then
            assertThat(EmbeddedKafka.mustRecover(folder)).as("while it runs").isFalse();
            Records records = new Records(kafka.bootstrapServers());
            records.send("tape", "second");
            assertThat(records.readAll("tape")).containsExactlyInAnyOrder("first", "second");
        }
    }

    @Test
    void aKilledRunLosesNothingAndDoesNotKeepTheNextOneWaiting() throws Exception {
        // Given
        Process killed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneRecord.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = killed.inputReader()) {
            assertThat(output.lines().anyMatch("sent"::equals))
                    .as("its record is acknowledged; other lines are Kafka's log")
                    .isTrue();
        }
        killed.destroyForcibly();
        assertThat(killed.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(EmbeddedKafka.mustRecover(folder)).isTrue();

        // When
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder))) {

            // Then
            Records records = new Records(kafka.bootstrapServers());
            records.send("tape", "second");
            assertThat(records.readAll("tape")).containsExactlyInAnyOrder("first", "second");
        }
    }

    /** Runs a broker in the folder named by its argument, sends a record and stays up until it is killed. */
    static final class OneRecord {
        private OneRecord() {}

        public static void main(String[] arguments) throws Exception {
            EmbeddedKafka kafka = EmbeddedKafka.start(
                    EmbeddedKafkaConfig.in(Path.of(arguments[0])).withSetting("broker.session.timeout.ms", "600000"));
            Records records = new Records(kafka.bootstrapServers());
            records.createTopic("tape");
            records.send("tape", "first");
            System.out.println("sent");
            Thread.currentThread().join();
        }
    }

    @Test
    void groupsAndShareGroupsReceiveWhatWasSentBeforeTheyCame() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder))) {
            // Given
            Records records = new Records(kafka.bootstrapServers());
            records.createTopic("jobs");
            records.shareGroupStartsAtTheBeginning("workers");

            // When
            records.send("jobs", "work");

            // Then
            assertThat(records.readFirstWithShareGroup("jobs", "workers")).containsExactly("work");
            assertThat(records.readFirstWithGroup("jobs", "readers")).containsExactly("work");
        }
    }

    @Test
    void aTopicIsNotCreatedByUsingIt() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder))) {
            // Given
            Records records = new Records(kafka.bootstrapServers());

            // When
            assertThatThrownBy(() -> records.send("unknown", "text"))

                    // Then
                    .hasRootCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void closeLeavesNoThreadAndNoLockFile() throws Exception {
        // Given: a first run, after which the threads that Kafka's libraries keep for the whole process are there
        EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder)).close();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder));
        new Records(kafka.bootstrapServers()).createTopic("tape");

        // When
        kafka.close();
        kafka.close();

        // Then
        for (Thread thread : newThreads(before)) {
            assertThat(thread.join(Duration.ofSeconds(20)))
                    .as("%s has ended", thread.getName())
                    .isTrue();
        }
        assertThat(lockFiles(folder)).isEmpty();
    }

    @Test
    void aDirectoryInUseNamesItsHolder() {
        // Given
        EmbeddedKafkaConfig config = EmbeddedKafkaConfig.in(folder).withUsedBy("tokentape up");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(config)) {

            // When
            EmbeddedKafkaException refusal = refusalOf(EmbeddedKafkaConfig.in(folder));

            // Then
            assertThat(kafka.bootstrapServers()).isNotEmpty();
            assertThat(refusal.reason()).isEqualTo(Reason.DIRECTORY_IN_USE);
            assertThat(refusal)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining(
                            "tokentape up, process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void aPortInUseIsNamedAndNothingIsLeftBehind() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Given
            EmbeddedKafkaConfig config = EmbeddedKafkaConfig.in(folder).withPort(taken.getLocalPort());

            // When
            EmbeddedKafkaException refusal = refusalOf(config);

            // Then
            assertThat(refusal.reason()).isEqualTo(Reason.PORT_IN_USE);
            assertThat(refusal).hasMessageContaining(Integer.toString(taken.getLocalPort()));
            assertThat(lockFiles(folder)).isEmpty();
        }
    }

    @Test
    void aGivenPortIsTheOneClientsUse() throws Exception {
        // Given
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        // When
        try (EmbeddedKafka kafka =
                EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder).withPort(port))) {

            // Then
            assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            new Records(kafka.bootstrapServers()).createTopic("tape");
        }
    }

    @Test
    void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
        // Given
        Path letter = Files.writeString(folder.resolve("letter.txt"), "Dear reader");

        // When
        EmbeddedKafkaException refusal = refusalOf(EmbeddedKafkaConfig.in(folder));

        // Then
        assertThat(refusal.reason()).isEqualTo(Reason.DIRECTORY_UNUSABLE);
        assertThat(refusal).hasMessageContaining(folder.toString()).hasMessageContaining("letter.txt");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(letter);
        }
    }

    @Test
    void damagedPropertiesAreOneClearError() throws IOException {
        // Given
        EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder)).close();
        Files.writeString(folder.resolve("log/meta.properties"), "version=1\nnode.id=77\ncluster.id=x\n");

        // When
        EmbeddedKafkaException refusal = refusalOf(EmbeddedKafkaConfig.in(folder));

        // Then
        assertThat(refusal).hasMessageContaining(folder.toString()).hasMessageContaining("delete it");
        assertThat(refusal.getMessage()).doesNotContain("\n");
        assertThat(lockFiles(folder)).isEmpty();
    }

    @Test
    void damagedMetadataIsOneClearError() throws IOException {
        // Given
        EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder)).close();
        try (Stream<Path> files = Files.list(folder.resolve("log/__cluster_metadata-0"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                Arrays.fill(bytes, 0, Math.min(bytes.length, 400), (byte) 0x5a);
                Files.write(file, bytes);
            }
        }

        // When
        EmbeddedKafkaException refusal = refusalOf(EmbeddedKafkaConfig.in(folder));

        // Then
        assertThat(refusal.reason()).isEqualTo(Reason.DIRECTORY_UNUSABLE);
        assertThat(refusal).hasMessageContaining(folder.toString()).hasMessageContaining("delete");
        assertThat(lockFiles(folder)).isEmpty();
    }

    private static EmbeddedKafkaException refusalOf(EmbeddedKafkaConfig config) {
        return catchThrowableOfType(
                EmbeddedKafkaException.class, () -> EmbeddedKafka.start(config).close());
    }

    private static List<Thread> newThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .toList();
    }

    private static List<Path> lockFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".lock"))
                    .toList();
        }
    }
}

package dev.tokentape.embeddedkafka;

import dev.tokentape.embeddedkafka.EmbeddedKafkaException.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.jspecify.annotations.Nullable;

/**
 * The folder with Kafka's own files, {@code log} inside the data directory.
 *
 * <p>It is formatted under another name and then renamed, so that a formatting that was cut short leaves nothing that
 * looks like a broker's data.
 */
final class LogDirectory {
    private static final String FORMATTED = "log";
    private static final String FORMATTING = "log.formatting";
    private static final Set<String> OURS = Set.of(FORMATTED, FORMATTING, DirectoryLock.FILE);

    private LogDirectory() {}

    /** Creates the data directory if it is missing; refuses one that belongs to something else. */
    static void claim(Path directory) {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> entries = Files.list(directory)) {
                List<String> foreign = entries.map(entry -> entry.getFileName().toString())
                        .filter(name -> !OURS.contains(name))
                        .sorted()
                        .toList();
                if (!foreign.isEmpty() && !Files.exists(directory.resolve(FORMATTED))) {
                    throw unusable(directory, "it holds other files (" + foreign.getFirst() + ")", null);
                }
            }
        } catch (IOException e) {
            throw unusable(directory, e instanceof NotDirectoryException ? "it is a file" : e.toString(), e);
        }
    }

    /** The folder to give to Kafka, formatted if this is the first time. Call with the directory's lock held. */
    static Path open(Path directory, String controllerListener) {
        Path formatted = directory.resolve(FORMATTED);
        if (Files.exists(formatted)) {
            if (!Files.isRegularFile(formatted.resolve("meta.properties"))) {
                throw unusable(directory, "its file log/meta.properties is missing", null);
            }
            refuseDamagedMetadata(directory, formatted);
            return formatted;
        }
        Path formatting = directory.resolve(FORMATTING);
        try {
            delete(formatting);
            Files.createDirectory(formatting);
            new Formatter()
                    .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(BrokerSettings.NODE_ID)
                    .setControllerListenerName(controllerListener)
                    .setMetadataLogDirectory(formatting.toString())
                    .addDirectory(formatting.toString())
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .run();
            return Files.move(formatting, formatted, StandardCopyOption.ATOMIC_MOVE);
        } catch (Exception e) {
            throw unusable(directory, "formatting it failed: " + e, e);
        }
    }

    /** Whether there is data of a run that did not come to its end, and is over. */
    static boolean mustRecover(Path directory) {
        Path formatted = directory.resolve(FORMATTED);
        return Files.exists(formatted.resolve("meta.properties"))
                && !new CleanShutdownFileHandler(formatted.toString()).exists()
                && !DirectoryLock.isHeld(directory);
    }

    /**
     * Kafka itself cuts a metadata log off at the first batch it cannot read; cut off at the start, the topics would
     * be forgotten and their records deleted as strays.
     */
    private static void refuseDamagedMetadata(Path directory, Path formatted) {
        Path metadata = formatted.resolve("__cluster_metadata-0");
        if (!Files.exists(metadata)) {
            return;
        }
        try (Stream<Path> files = Files.list(metadata)) {
            for (Path segment :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                if (Files.size(segment) > 0 && !startsWithValidBatch(segment)) {
                    throw unusable(directory, "its metadata log is damaged (" + segment.getFileName() + ")", null);
                }
            }
        } catch (IOException e) {
            throw unusable(directory, "its metadata log cannot be read: " + e, e);
        }
    }

    private static boolean startsWithValidBatch(Path segment) throws IOException {
        try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
            records.batches().iterator().next().ensureValid();
            return true;
        } catch (KafkaException | NoSuchElementException e) {
            return false;
        }
    }

    static EmbeddedKafkaException unusable(Path directory, String why, @Nullable Throwable cause) {
        return new EmbeddedKafkaException(
                Reason.DIRECTORY_UNUSABLE,
                "The Kafka directory " + directory + " cannot be used: " + why
                        + ". Choose another directory, or delete this one if nothing in it is needed.",
                cause);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

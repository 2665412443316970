package dev.tokentape.embeddedkafka;

import dev.tokentape.embeddedkafka.EmbeddedKafkaException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive right to one data directory: a locked file in it, which also says who holds it.
 *
 * <p>The operating system frees the lock when its process dies, however it dies. Two of its habits are provided for.
 * The file is deleted on release, so a process that had opened it just before could lock a file nobody else can find:
 * after locking, the name must still lead to the file that was opened. And a process loses its lock when it closes
 * <em>any</em> channel to that file: within one process a map decides, and the file is not opened twice.
 */
final class DirectoryLock implements AutoCloseable {
    static final String FILE = "tokentape.lock";
    private static final int ATTEMPTS = 10;
    private static final ConcurrentMap<Path, String> HELD_HERE = new ConcurrentHashMap<>();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock, or says at once who has it. The directory must exist. */
    static DirectoryLock take(Path directory, String usedBy) {
        String holder = "%s, process %d, since %s"
                .formatted(usedBy, ProcessHandle.current().pid(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
        try {
            Path file = directory.toRealPath().resolve(FILE);
            String heldHere = HELD_HERE.putIfAbsent(file, holder);
            if (heldHere != null) {
                throw inUse(directory, heldHere);
            }
            DirectoryLock lock = null;
            try {
                lock = takeFromOthers(file, holder);
            } finally {
                if (lock == null) {
                    HELD_HERE.remove(file);
                }
            }
            if (lock == null) {
                throw inUse(directory, readHolder(file));
            }
            return lock;
        } catch (IOException e) {
            throw new EmbeddedKafkaException(
                    Reason.DIRECTORY_UNUSABLE,
                    "The Kafka directory " + directory + " cannot be written (" + e
                            + "). Make it writable or choose another.",
                    e);
        }
    }

    /** Whether somebody holds it now, in this process or another. */
    static boolean isHeld(Path directory) {
        try {
            Path file = directory.toRealPath().resolve(FILE);
            if (HELD_HERE.containsKey(file)) {
                return true;
            }
            if (!Files.exists(file)) {
                return false;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                return lock == null;
            }
        } catch (IOException | OverlappingFileLockException e) {
            return false; // Taking the lock says what is wrong.
        }
    }

    private static @Nullable DirectoryLock takeFromOthers(Path file, String holder) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            createIfMissing(file);
            Object identity = identity(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean taken = false;
            try {
                if (channel.tryLock() == null) {
                    return null;
                }
                if (Objects.equals(identity, identity(file))) {
                    channel.truncate(0);
                    channel.write(ByteBuffer.wrap((holder + "\n").getBytes(StandardCharsets.UTF_8)));
                    taken = true;
                    return new DirectoryLock(file, channel);
                }
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
        }
        return null;
    }

    private static void createIfMissing(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // Left by a process that was killed, or held by one that lives: the lock tells.
        }
    }

    /** What distinguishes this file from a later one of the same name; null where there is none. */
    private static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static String readHolder(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("another process");
        } catch (IOException e) {
            return "another process";
        }
    }

    private static EmbeddedKafkaException inUse(Path directory, String holder) {
        return new EmbeddedKafkaException(
                Reason.DIRECTORY_IN_USE,
                "The Kafka directory " + directory + " is in use by " + holder
                        + ". End that process or choose another directory.",
                null);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(file);
        } finally {
            HELD_HERE.remove(file);
        }
    }
}

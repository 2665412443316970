package dev.tokentape.schemas.codec;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Schema ids kept in a local file, a JSON list whose first entry has id 1; or, without a file, in memory.
 *
 * <p>Serves the one-process mode: records written yesterday must be readable today, so ids live beside the broker's
 * data. Several processes of one machine may share the file: it is appended to under a lock, replaced in one step, and
 * read again when an id is unknown. Subjects are not kept; compatibility is what the project's own tests check.
 */
final class LocalSchemaRegistry implements SchemaRegistry {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A file lock is between processes; two threads of one that want it are an error, so they queue here first. */
    private static final Lock WRITING = new ReentrantLock();

    private final @Nullable Path file;
    private List<Schema> schemas = new ArrayList<>();

    LocalSchemaRegistry(@Nullable Path file) {
        this.file = file;
    }

    @Override
    public synchronized int register(String subject, Schema schema) {
        int known = schemas.indexOf(schema);
        if (known >= 0) {
            return known + 1;
        }
        if (file == null) {
            schemas.add(schema);
            return schemas.size();
        }
        return registerInFile(file, schema);
    }

    @Override
    public synchronized Schema byId(int id) {
        if (id > schemas.size() && file != null) {
            reload(file);
        }
        if (id < 1 || id > schemas.size()) {
            throw new SchemaRegistryException.UnknownSchema(
                    "no schema %d in %s".formatted(id, file == null ? "memory" : file.toString()), null);
        }
        return schemas.get(id - 1);
    }

    @Override
    public void requireFullCompatibility(String subject) {
        // Nobody but this version of Tokentape writes here, and its schemas are checked when it is built.
    }

    private int registerInFile(Path file, Schema schema) {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        WRITING.lock();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (var channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                reload(file);
                int known = schemas.indexOf(schema);
                if (known >= 0) {
                    return known + 1;
                }
                schemas.add(schema);
                Path next = file.resolveSibling(file.getFileName() + ".next");
                Files.write(
                        next,
                        JSON.writerWithDefaultPrettyPrinter()
                                .writeValueAsBytes(
                                        schemas.stream().map(Schema::toString).toList()));
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return schemas.size();
            }
        } catch (IOException e) {
            throw new SchemaRegistryException("cannot write the schema file " + file, e);
        } finally {
            WRITING.unlock();
        }
    }

    private void reload(Path file) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            List<String> stored = JSON.readValue(Files.readAllBytes(file), new TypeReference<>() {});
            List<Schema> read = new ArrayList<>();
            for (String text : stored) {
                read.add(new Schema.Parser().parse(text));
            }
            schemas = read;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the schema file " + file, e);
        }
    }
}

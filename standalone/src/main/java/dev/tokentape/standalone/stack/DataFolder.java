package dev.tokentape.standalone.stack;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of all data, with those of its parents that had to be created. */
final class DataFolder {

    private static final Logger log = LoggerFactory.getLogger(DataFolder.class);

    private final List<Path> created;

    private DataFolder(Deque<Path> created) {
        this.created = List.copyOf(created);
    }

    /**
     * Creates the folder where it is missing.
     *
     * @throws CommandFailure if that cannot be, or it cannot be written to
     */
    static DataFolder create(Path folder) {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path path = folder; path != null && Files.notExists(path); path = path.getParent()) {
            missing.addLast(path);
        }
        DataFolder data = new DataFolder(missing);
        try {
            Files.createDirectories(folder);
            Path probe = Files.createTempFile(folder, "writable", null);
            Files.delete(probe);
            return data;
        } catch (IOException e) {
            data.forget();
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "the data folder %s cannot be used: %s. Choose another with --data."
                            .formatted(folder, reason(folder, e)),
                    e);
        }
    }

    /** Takes what was created away again, as far as it is still empty. */
    void forget() {
        for (Path folder : created) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException _) {
                return; // Something has been kept in it by now.
            } catch (IOException e) {
                log.atDebug().addKeyValue("folder", folder).setCause(e).log("a temporary folder could not be deleted");
                return;
            }
        }
    }

    private static String reason(Path folder, IOException failure) {
        return switch (failure) {
            case FileAlreadyExistsException e -> e.getFile() + " is a file";
            case AccessDeniedException e -> e.getFile() + " may not be written to";
            default -> Files.isDirectory(folder) ? "it cannot be written to" : "it cannot be created";
        };
    }
}

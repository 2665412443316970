package dev.tokentape.cli.command;

import dev.tokentape.cli.client.Attachment;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the files that go with a question. */
final class QuestionFiles {

    /** All together; in a request pictures take a third more, and a gateway takes 7.9 MB. */
    static final int MOST_BYTES = 5 * 1024 * 1024;

    private QuestionFiles() {}

    /** @throws CommandFailure if one cannot be read, is neither picture nor text, or they are too large together */
    static List<Attachment> read(List<Path> files) {
        List<Attachment> attachments = new ArrayList<>();
        int left = MOST_BYTES;
        for (Path file : files) {
            byte[] bytes = bytes(file, left);
            left -= bytes.length;
            attachments.add(Attachment.of(String.valueOf(file.getFileName()), bytes)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.USAGE,
                            "--file: " + file + " is neither a picture (PNG, JPEG, GIF, WebP) nor text in UTF-8")));
        }
        return attachments;
    }

    private static byte[] bytes(Path file, int most) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--file: the files are larger than %d MB together, with %s"
                                .formatted(MOST_BYTES / 1024 / 1024, file));
            }
            return bytes;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "--file: " + Unreadable.words(file.toString(), e), e);
        }
    }
}

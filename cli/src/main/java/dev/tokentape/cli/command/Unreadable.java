package dev.tokentape.cli.command;

import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;

/** Why a file cannot be read, in words. */
final class Unreadable {

    private Unreadable() {}

    static String words(String file, Exception failure) {
        String why = switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "it may not be read";
            case InvalidPathException _ -> "that is not the name of a file";
            default -> failure.getMessage() == null ? "it cannot be read" : failure.getMessage();
        };
        return "cannot read " + file + ": " + why;
    }
}

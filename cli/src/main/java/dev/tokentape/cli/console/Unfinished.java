package dev.tokentape.cli.console;

import dev.tokentape.schemas.config.Settings;
import java.time.Duration;

/** Says what a process that has been told to end still finishes. */
public final class Unfinished {

    private Unfinished() {}

    /** Such as {@code finishing 2 answers, up to 20s}; empty where there are none. */
    public static String answers(int running, Duration atMost) {
        return running == 0
                ? ""
                : "finishing %d %s, up to %s"
                        .formatted(running, running == 1 ? "answer" : "answers", Settings.written(atMost));
    }
}

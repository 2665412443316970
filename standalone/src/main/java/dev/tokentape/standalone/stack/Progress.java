package dev.tokentape.standalone.stack;

import java.time.Duration;

/** Hears how a start goes; called by several threads. */
@FunctionalInterface
public interface Progress {

    /** A part is up. */
    void started(String part, Duration took);
}

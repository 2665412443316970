package dev.tokentape.standalone.stack;

import java.time.Duration;

/** Hears how a start goes; called by several threads. */
public interface Progress {

    /** A part begins to start. */
    void starting(String part);

    /** A part is up. */
    void started(String part, Duration took);

    /** Something that makes this start take longer than others. */
    void because(String what);
}

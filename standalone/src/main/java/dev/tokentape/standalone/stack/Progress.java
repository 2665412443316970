package dev.tokentape.standalone.stack;

import java.time.Duration;

/** Hears how a start goes; called by several threads. */
public interface Progress {

    /** Tells nobody. */
    Progress SILENT = new Progress() {
        @Override
        public void starting(String part) {}

        @Override
        public void started(String part, Duration took) {}

        @Override
        public void because(String what) {}
    };

    /** A part begins to start. */
    void starting(String part);

    /** A part is up. */
    void started(String part, Duration took);

    /** Something that makes this start take longer than others. */
    void because(String what);
}

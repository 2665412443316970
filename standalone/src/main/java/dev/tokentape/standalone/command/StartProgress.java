package dev.tokentape.standalone.command;

import dev.tokentape.standalone.console.Terminal;
import dev.tokentape.standalone.stack.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The progress line of a start: on a terminal one line that grows, else a line at the begin and one at the end. */
final class StartProgress implements Progress {

    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final Terminal terminal;
    private final List<String> parts = new ArrayList<>();
    private final long from = System.nanoTime();
    private boolean open;

    StartProgress(Terminal terminal) {
        this.terminal = terminal;
        if (terminal.interactive()) {
            draw();
        } else {
            terminal.note("starting Tokentape …");
        }
    }

    @Override
    public synchronized void started(String part, Duration took) {
        parts.add("%s %.1f s".formatted(part, took.toMillis() / 1000.0));
        if (terminal.interactive()) {
            draw();
        }
    }

    /** Everything is up. */
    synchronized void done() {
        clear();
        terminal.note("started in %.1f s (%s)".formatted((System.nanoTime() - from) / 1e9, String.join(", ", parts)));
    }

    /** Takes the growing line away, so that something else may be written. */
    synchronized void clear() {
        if (open) {
            terminal.err().print(CLEAR_LINE);
            terminal.err().flush();
            open = false;
        }
    }

    private void draw() {
        terminal.err().print(CLEAR_LINE + "starting Tokentape … " + String.join(" · ", parts));
        terminal.err().flush();
        open = true;
    }
}

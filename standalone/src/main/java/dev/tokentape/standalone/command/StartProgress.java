package dev.tokentape.standalone.command;

import dev.tokentape.cli.console.Terminal;
import dev.tokentape.standalone.stack.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The progress of a start: on a terminal one line that grows, else a line for each stage, so that a log shows where
 * time goes while it goes.
 */
final class StartProgress implements Progress {

    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final Terminal terminal;
    private final List<String> parts = new ArrayList<>();
    private final Set<String> waiting = new LinkedHashSet<>();
    private final long from = System.nanoTime();
    private boolean open;

    StartProgress(Terminal terminal) {
        this.terminal = terminal;
        if (terminal.drawsOnErr()) {
            draw();
        } else {
            terminal.note("starting Tokentape …");
        }
    }

    @Override
    public synchronized void starting(String part) {
        waiting.add(part);
        if (terminal.drawsOnErr()) {
            draw();
        }
    }

    @Override
    public synchronized void started(String part, Duration took) {
        waiting.remove(part);
        parts.add("%s %.1f s".formatted(part, took.toMillis() / 1000.0));
        if (terminal.drawsOnErr()) {
            draw();
        } else {
            terminal.note(
                    "  " + parts.getLast() + (waiting.isEmpty() ? "" : ", waiting for " + String.join(", ", waiting)));
        }
    }

    @Override
    public synchronized void because(String what) {
        clear();
        terminal.note(what);
    }

    /** Everything is up. */
    synchronized void done() {
        clear();
        double seconds = (System.nanoTime() - from) / 1e9;
        terminal.note(
                terminal.drawsOnErr()
                        ? "started in %.1f s (%s)".formatted(seconds, String.join(", ", parts))
                        : "started in %.1f s".formatted(seconds));
    }

    /** Takes the growing line away, so that something else may be written. */
    synchronized void clear() {
        if (open) {
            terminal.errCanvas().print(CLEAR_LINE);
            terminal.errCanvas().flush();
            open = false;
        }
    }

    private void draw() {
        String line = "starting Tokentape … " + String.join(" · ", parts)
                + (waiting.isEmpty() ? "" : (parts.isEmpty() ? "" : " · ") + String.join(", ", waiting) + " …");
        terminal.errCanvas().print(CLEAR_LINE + line.substring(0, Math.min(line.length(), terminal.columns() - 1)));
        terminal.errCanvas().flush();
        open = true;
    }
}

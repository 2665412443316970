package dev.tokentape.standalone.demo;

import dev.tokentape.cli.console.Cells;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows two subscribers side by side on a terminal, the last rows of each, drawn anew as text arrives.
 *
 * <p>Draws at most thirty times a second; what arrived meanwhile is in the next drawing, and in the last one.
 */
final class ColumnView implements LiveView {

    private static final int ROWS = 12;
    private static final long PAUSE_NANOS = Duration.ofMillis(33).toNanos();
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";
    private static final String CLEAR_LINE = "\u001b[2K";

    private final PrintWriter out;
    private final List<String> names;
    private final int width;
    private final List<List<String>> finished = new ArrayList<>();
    private final List<StringBuilder> open = new ArrayList<>();
    private long drawnAt;
    private boolean drawn;

    /** @param columns width of the terminal */
    ColumnView(PrintWriter out, List<String> names, int columns) {
        this.out = out;
        this.names = names;
        this.width = (columns - 1 - 3 * (names.size() - 1)) / names.size();
        names.forEach(_ -> {
            finished.add(new ArrayList<>());
            open.add(new StringBuilder());
        });
    }

    @Override
    public synchronized void text(int column, String piece) {
        StringBuilder text = open.get(column);
        text.append(Cells.harmless(piece).replace('\t', ' '));
        int end = Wrap.firstLine(text, width);
        while (end >= 0) {
            push(column, text.substring(0, end).stripTrailing());
            text.delete(0, Wrap.nextLine(text, end));
            end = Wrap.firstLine(text, width);
        }
        if (System.nanoTime() - drawnAt >= PAUSE_NANOS) {
            draw();
        }
    }

    @Override
    public synchronized void notice(int column, String what) {
        StringBuilder text = open.get(column);
        if (!text.isEmpty()) {
            push(column, text.toString());
            text.setLength(0);
        }
        Wrap.lines("── " + Cells.inOneLine(what) + " ──", width).forEach(line -> push(column, DIM + line));
        draw();
    }

    @Override
    public synchronized void finish() {
        draw();
    }

    private void push(int column, String line) {
        List<String> lines = finished.get(column);
        lines.add(line);
        if (lines.size() > ROWS) {
            lines.removeFirst();
        }
    }

    private void draw() {
        StringBuilder screen = new StringBuilder();
        if (drawn) {
            screen.append("\u001b[").append(ROWS + 1).append("A\r");
        }
        row(screen, names.stream().map(name -> DIM + name).toList());
        for (int i = 0; i < ROWS; i++) {
            List<String> cells = new ArrayList<>();
            for (int column = 0; column < names.size(); column++) {
                List<String> lines = finished.get(column);
                int from = Math.max(0, lines.size() + 1 - ROWS) + i;
                cells.add(
                        from < lines.size()
                                ? lines.get(from)
                                : from == lines.size() ? open.get(column).toString() : "");
            }
            row(screen, cells);
        }
        out.print(screen);
        out.flush();
        drawn = true;
        drawnAt = System.nanoTime();
    }

    private void row(StringBuilder screen, List<String> cells) {
        screen.append(CLEAR_LINE);
        for (int column = 0; column < cells.size(); column++) {
            if (column > 0) {
                screen.append(" │ ");
            }
            String cell = cells.get(column);
            int length = Cells.of(cell.startsWith(DIM) ? cell.substring(DIM.length()) : cell);
            screen.append(cell).append(PLAIN);
            if (column < cells.size() - 1) {
                screen.append(" ".repeat(Math.max(0, width - length)));
            }
        }
        screen.append('\n');
    }
}

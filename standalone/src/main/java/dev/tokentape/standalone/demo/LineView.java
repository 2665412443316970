package dev.tokentape.standalone.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;

/** Shows each subscriber's text in lines that begin with its name, for output that is no terminal. */
final class LineView implements LiveView {

    private final PrintWriter out;
    private final List<String> prefixes;
    private final List<StringBuilder> lines;
    private final int width;

    /** @param columns length of a line with its name */
    LineView(PrintWriter out, List<String> names, int columns) {
        int longest = names.stream().mapToInt(String::length).max().orElse(0);
        this.out = out;
        this.prefixes = names.stream()
                .map(name -> name + " ".repeat(longest - name.length()) + " │ ")
                .toList();
        this.lines = Stream.generate(StringBuilder::new).limit(names.size()).toList();
        this.width = columns - longest - 3;
    }

    @Override
    public synchronized void text(int column, String piece) {
        StringBuilder line = lines.get(column);
        line.append(piece);
        int end = Wrap.firstLine(line, width);
        while (end >= 0) {
            print(column, line.substring(0, end).stripTrailing());
            line.delete(0, Wrap.nextLine(line, end));
            end = Wrap.firstLine(line, width);
        }
    }

    @Override
    public synchronized void notice(int column, String what) {
        flush(column);
        print(column, "── " + what + " ──");
    }

    @Override
    public synchronized void finish() {
        for (int column = 0; column < lines.size(); column++) {
            flush(column);
        }
    }

    private void flush(int column) {
        StringBuilder line = lines.get(column);
        if (!line.isEmpty()) {
            print(column, line.toString().strip());
            line.setLength(0);
        }
    }

    private void print(int column, String text) {
        out.println((prefixes.get(column) + text).stripTrailing());
        out.flush();
    }
}

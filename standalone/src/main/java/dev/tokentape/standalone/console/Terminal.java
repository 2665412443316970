package dev.tokentape.standalone.console;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a command writes.
 *
 * @param out for results
 * @param err for everything about them
 * @param interactive whether a person watches {@code out}: only then control characters are written
 * @param columns width of a line
 */
public record Terminal(PrintWriter out, PrintWriter err, boolean interactive, int columns) {

    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 40;
    private static final Pattern STTY_SIZE = Pattern.compile("(\\d+) (\\d+)");

    /** That of this process. */
    @SuppressWarnings("SystemConsoleNull") // Null again from JDK 25 on where there is no terminal.
    public static Terminal ofProcess() {
        Console console = System.console();
        boolean interactive = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                new PrintWriter(System.err, false, StandardCharsets.UTF_8),
                interactive,
                interactive ? measuredColumns() : USUAL_COLUMNS);
    }

    /** Writes a result line. */
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Writes a line about what goes on. */
    public void note(String text) {
        err.println(text);
        err.flush();
    }

    /** Writes a piece of an answer, at once; to a terminal without what could steer it. */
    public void piece(String text) {
        out.print(interactive ? Cells.harmless(text) : text);
        out.flush();
    }

    private static int measuredColumns() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readNBytes(64), StandardCharsets.UTF_8).strip();
            Matcher matcher = STTY_SIZE.matcher(size);
            if (stty.waitFor(1, TimeUnit.SECONDS) && matcher.matches()) {
                return Math.max(LEAST_COLUMNS, Integer.parseInt(matcher.group(2)));
            }
        } catch (IOException e) {
            return USUAL_COLUMNS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return USUAL_COLUMNS;
    }
}

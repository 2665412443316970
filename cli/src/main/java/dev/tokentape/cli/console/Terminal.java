package dev.tokentape.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes.
 *
 * <p>What is written by {@link #out()}, {@link #err()} and the methods that use them cannot steer a terminal, wherever
 * it came from: characters that could are left out on the way, in {@link HarmlessWriter}. What draws by control
 * characters of its own uses {@link #canvas()} or {@link #errCanvas()}, and makes the text of others harmless itself.
 */
public final class Terminal {

    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 40;
    private static final Pattern STTY_SIZE = Pattern.compile("(\\d+) (\\d+)");

    /** Which of the standard streams are terminals, as the launcher found: some of {@code in,out,err}. */
    private static final String LAUNCHER = "tokentape.terminals";

    private final PrintWriter canvas;
    private final PrintWriter errCanvas;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean interactive;
    private final boolean drawsOnErr;
    private final boolean typed;
    private final int columns;

    /**
     * One for both streams.
     *
     * @param out for results
     * @param err for everything about them
     * @param interactive whether a person watches them: only then views are drawn, and {@code out} is made harmless
     * @param columns width of a line
     */
    public Terminal(PrintWriter out, PrintWriter err, boolean interactive, int columns) {
        this(out, err, interactive, interactive, interactive, true, columns);
    }

    private Terminal(
            PrintWriter out,
            PrintWriter err,
            boolean harmless,
            boolean interactive,
            boolean drawsOnErr,
            boolean typed,
            int columns) {
        this.canvas = out;
        this.errCanvas = err;
        this.out = harmless ? new PrintWriter(new HarmlessWriter(out)) : out;
        this.err = new PrintWriter(new HarmlessWriter(err));
        this.interactive = interactive;
        this.drawsOnErr = drawsOnErr;
        this.typed = typed;
        this.columns = columns;
    }

    /** That of this process. */
    public static Terminal ofProcess() {
        String told = System.getProperty(LAUNCHER);
        boolean out = isTerminal(told, "out");
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        return new Terminal(
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                new PrintWriter(System.err, false, StandardCharsets.UTF_8),
                out,
                out && !dumb,
                isTerminal(told, "err") && !dumb,
                told == null || isTerminal(told, "in"),
                out && !dumb ? measuredColumns() : USUAL_COLUMNS);
    }

    /** For results. */
    public PrintWriter out() {
        return out;
    }

    /** For everything about results. */
    public PrintWriter err() {
        return err;
    }

    /** Whether a person watches {@link #out()}: only then views are drawn. */
    public boolean interactive() {
        return interactive;
    }

    /** Whether a person watches {@link #err()}. */
    public boolean drawsOnErr() {
        return drawsOnErr;
    }

    /** Whether a person types what is read from the standard input, or nobody knows; then it is not read unasked. */
    public boolean typed() {
        return typed;
    }

    /** Width of a line. */
    public int columns() {
        return columns;
    }

    /** Where {@link #out()} goes, for a view that draws by control characters of its own. */
    public PrintWriter canvas() {
        return canvas;
    }

    /** Where {@link #err()} goes, likewise. */
    public PrintWriter errCanvas() {
        return errCanvas;
    }

    /** Writes a result line. */
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Writes a result as one line of JSON, in which what could steer a terminal is escaped. */
    public void json(JsonNode json) {
        line(Cells.escaped(json.toString()));
    }

    /** Writes a line about what goes on. */
    public void note(String text) {
        err.println(text);
        err.flush();
    }

    /** Writes a piece of an answer, at once. */
    public void piece(String text) {
        out.print(text);
        out.flush();
    }

    @SuppressWarnings("SystemConsoleNull") // Null again from JDK 25 on where there is no terminal.
    private static boolean isTerminal(@Nullable String told, String stream) {
        if (told != null) {
            return Pattern.compile(",").splitAsStream(told).anyMatch(stream::equals);
        }
        Console console = System.console();
        return console != null && console.isTerminal();
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

package dev.tokentape.cli;

import dev.tokentape.cli.console.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** A terminal that remembers what was written. */
public final class Screen {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** One that nobody watches, 60 columns wide. */
    public Terminal terminal() {
        return new Terminal(new PrintWriter(out), new PrintWriter(err), false, 60);
    }

    /** One that a person watches. */
    public Terminal watched() {
        return new Terminal(new PrintWriter(out), new PrintWriter(err), true, 60);
    }

    public String out() {
        return out.toString();
    }

    public String err() {
        return err.toString();
    }

    public List<String> lines() {
        return out().lines().toList();
    }
}

package dev.tokentape.cli.console;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/** Passes text on without what could steer a terminal. It looks at single characters, so pieces may be cut anywhere. */
final class HarmlessWriter extends FilterWriter {

    HarmlessWriter(Writer to) {
        super(to);
    }

    @Override
    public void write(int character) throws IOException {
        if (!Cells.steers((char) character)) {
            out.write(character);
        }
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        write(new String(text, offset, length), 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        out.write(Cells.harmless(text.substring(offset, offset + length)));
    }
}

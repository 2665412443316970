package dev.tokentape.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A port, 0 for any free one. */
public final class PortConverter implements ITypeConverter<Integer> {

    private static final int LARGEST = 65_535;

    @Override
    public Integer convert(String value) {
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= LARGEST) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Told below, like one that is too large.
        }
        throw new TypeConversionException("'" + value + "' is no port, expected 0 to " + LARGEST);
    }
}

package dev.tokentape.cli.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** How the process ends; the numbers are what scripts rely on. */
public enum ExitCode {
    OK(0, "done"),
    FAILED(1, "a check failed, the gateway refused, or the answer ended in an error"),
    USAGE(2, "wrong arguments or configuration"),
    UNAVAILABLE(
            69, "something needed is not available: a port in use, no broker, no gateway, no JDK, no data directory"),
    INTERNAL(70, "an error inside Tokentape"),
    INTERRUPTED(130, "interrupted by Ctrl-C (143: told to end by SIGTERM)");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    /** Number and meaning of each, for {@code --help}. */
    public static Map<String, String> described() {
        Map<String, String> all = new LinkedHashMap<>();
        Stream.of(values()).forEach(code -> all.put(Integer.toString(code.number), code.meaning));
        return all;
    }
}

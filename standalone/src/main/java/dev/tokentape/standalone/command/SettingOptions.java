package dev.tokentape.standalone.command;

import dev.tokentape.schemas.config.Settings;
import dev.tokentape.standalone.console.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of every command that has settings. */
final class SettingOptions {

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting, such as gateway.port=9000; wins over the environment (TOKENTAPE_GATEWAY_PORT) and"
                    + " the file named by TOKENTAPE_CONFIG. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--print-config", description = "Print the configuration, without secrets, and end.")
    private boolean printConfig;

    boolean printConfig() {
        return printConfig;
    }

    Map<String, String> given() {
        return Map.copyOf(set);
    }

    /** The settings of this process, with those of the command line first. */
    Settings settings() {
        return Settings.ofProcess(set);
    }

    static void print(Settings settings, Terminal terminal) {
        settings.describe().forEach((key, value) -> terminal.line(key + " = " + value));
    }
}

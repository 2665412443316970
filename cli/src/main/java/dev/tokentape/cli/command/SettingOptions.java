package dev.tokentape.cli.command;

import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.cli.settings.SettingCheck;
import dev.tokentape.schemas.config.Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of every command that has settings. */
public final class SettingOptions {

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting, such as gateway.port=9000; wins over the environment (TOKENTAPE_GATEWAY_PORT) and"
                    + " the file named by TOKENTAPE_CONFIG. May be repeated.")
    private final Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--print-config", description = "Print the configuration, without secrets, and end.")
    private boolean printConfig;

    public boolean printConfig() {
        return printConfig;
    }

    public Map<String, String> given() {
        return Map.copyOf(set);
    }

    /** Takes what another option says as a setting, before those of {@code --set}. */
    public void put(String key, String value) {
        set.put(key, value);
    }

    /**
     * The settings of this process, with those of the command line first; what is no setting is a problem of theirs.
     */
    public Settings settings(Collection<Service> readers, Terminal terminal) {
        Settings settings = Settings.ofProcess(set);
        SettingCheck.check(settings, readers, warning -> terminal.note("tokentape: " + warning));
        return settings;
    }

    /** The same, unchecked. */
    public Settings settings() {
        return Settings.ofProcess(set);
    }

    public static void print(Settings settings, Terminal terminal) {
        print(settings.describe(), terminal);
    }

    public static void print(Map<String, String> described, Terminal terminal) {
        described.forEach((key, value) -> terminal.line(key + " = " + value));
    }
}

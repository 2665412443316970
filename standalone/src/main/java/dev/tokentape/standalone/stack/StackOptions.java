package dev.tokentape.standalone.stack;

import dev.tokentape.schemas.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where everything in one process keeps its data and listens.
 *
 * @param data folder of all data; created if missing
 * @param host address of the gateway
 * @param port of the gateway; 0 for any free one
 * @param kafkaPort of the embedded broker, on 127.0.0.1; 0 for any free one
 * @param usedBy what this process is, for whoever finds the folder in use
 * @param rules which moderation rules to begin with
 * @param settings given on the command line, by key; they win over all others
 */
public record StackOptions(
        Path data,
        String host,
        int port,
        int kafkaPort,
        String usedBy,
        StartRules rules,
        Map<String, String> settings) {

    public StackOptions {
        settings = Map.copyOf(settings);
    }

    /**
     * Reads the settings of every part, before anything is started.
     *
     * @param user what the user has set, by whichever way
     * @return all of them with their values
     * @throws dev.tokentape.schemas.config.InvalidSettingsException naming every problem of every part
     */
    public Map<String, String> check(Settings user) {
        return LocalSettings.check(this, user);
    }

    /** The settings given on the command line that have no effect, since this process decides them. */
    public Set<String> withoutEffect() {
        Set<String> without = new TreeSet<>(settings.keySet());
        without.retainAll(LocalSettings.FIXED);
        return without;
    }
}

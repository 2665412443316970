package dev.tokentape.standalone.stack;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where everything in one process keeps its data and listens.
 *
 * @param data folder of all data; created if missing
 * @param host address of the gateway
 * @param port of the gateway; 0 for any free one
 * @param kafkaPort of the embedded broker, on 127.0.0.1; 0 for any free one
 * @param usedBy what this process is, for whoever finds the folder in use
 * @param settings given on the command line, by key; they win over all others
 */
public record StackOptions(
        Path data, String host, int port, int kafkaPort, String usedBy, Map<String, String> settings) {

    public StackOptions {
        settings = Map.copyOf(settings);
    }
}

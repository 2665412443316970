package dev.tokentape.benchmarks.faults;

import java.util.Locale;

/** What is done to an installation while answers run. */
public enum InstallationFault {
    PROCESSOR_KILLED("a processor is killed"),
    PRODUCER_KILLED("a producer is killed"),
    BROKER_RESTARTED("the broker is killed and started again"),
    BROKER_AWAY("the broker is away for a while"),
    GATEWAY_FROZEN("a gateway stands still"),
    GATEWAY_KILLED("a gateway is killed"),
    REGISTRY_AWAY("the schema registry comes after the services"),
    RANDOM("kills and freezes at random");

    private final String description;

    InstallationFault(String description) {
        this.description = description;
    }

    /** In a few words. */
    public String description() {
        return description;
    }

    /** As it is named on the command line and in JSON, such as {@code producer-killed}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package dev.tokentape.standalone.stack;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.embeddedkafka.EmbeddedKafkaException;

/** The embedded broker of a command. */
public final class LocalBroker {

    private LocalBroker() {}

    /** @throws CommandFailure in the broker's words, if it does not start */
    public static EmbeddedKafka start(EmbeddedKafkaConfig config) {
        try {
            return EmbeddedKafka.start(config);
        } catch (EmbeddedKafkaException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }
}

package dev.tokentape.standalone.command;

import dev.tokentape.processor.moderation.rules.RuleFileException;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.standalone.console.CommandFailure;
import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Puts a rule file into force on a cluster. */
@Command(
        name = "publish",
        description = "Put a rule file into force, on the Kafka of KAFKA_BOOTSTRAP_SERVERS, for requests from now on.")
final class RulesPublishCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Parameters(paramLabel = "FILE", description = "The rule file.")
    private Path file = Path.of("");

    RulesPublishCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Settings settings = options.settings();
        TopicCatalogue catalogue = TopicCatalogue.from(settings);
        KafkaSettings kafka = KafkaSettings.from(settings);
        settings.check();
        if (options.printConfig()) {
            SettingOptions.print(settings, terminal);
            return ExitCode.OK.number();
        }
        String yaml = RuleSource.text(file);
        try {
            RuleSet rules = RulePublisher.publish(kafka, catalogue, yaml);
            terminal.line(
                    "%d rules are in force, version %s".formatted(rules.rules().size(), rules.version()));
            return ExitCode.OK.number();
        } catch (RuleFileException e) {
            throw new CommandFailure(ExitCode.FAILED, file + ": " + e.getMessage(), e);
        } catch (KafkaException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "cannot publish the rules to %s: %s".formatted(kafka.bootstrapServers(), e.getMessage()),
                    e);
        }
    }
}

package dev.tokentape.cli.command;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.processor.moderation.rules.RuleFileException;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts a rule file into force on a cluster. */
@Command(
        name = "publish",
        description = "Put a rule file into force, on the Kafka of KAFKA_BOOTSTRAP_SERVERS, for requests from now on.")
final class RulesPublishCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The rule file.")
    private @Nullable Path file;

    @Option(names = "--default", description = "Instead of a file the rules that come with Tokentape.")
    private boolean shipped;

    @Option(names = "--if-none", description = "Only where no rules are in force yet; those that are stay.")
    private boolean ifNone;

    RulesPublishCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (shipped == (file != null)) {
            throw new CommandFailure(ExitCode.USAGE, "give a rule file, or --default, not both");
        }
        Settings settings = options.settings();
        TopicCatalogue catalogue = TopicCatalogue.from(settings);
        KafkaSettings kafka = KafkaSettings.from(settings);
        settings.check();
        if (options.printConfig()) {
            SettingOptions.print(settings, terminal);
            return ExitCode.OK.number();
        }
        try {
            terminal.line(publish(kafka, catalogue, RuleSource.text(file)));
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

    private String publish(KafkaSettings kafka, TopicCatalogue catalogue, String yaml) {
        if (ifNone) {
            RulePublisher.InForce rules = RulePublisher.publishIfNone(kafka, catalogue, yaml);
            return rules.published()
                    ? "the rules are in force, version " + rules.version()
                    : "rules are in force already and stay, version " + rules.version();
        }
        RuleSet rules = RulePublisher.publish(kafka, catalogue, yaml);
        return "%d rules are in force, version %s".formatted(rules.rules().size(), rules.version());
    }
}

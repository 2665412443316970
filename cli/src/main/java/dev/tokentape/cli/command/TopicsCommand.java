package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.cluster.Cluster;
import dev.tokentape.cli.cluster.Registry;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks the topics of a cluster against the catalogue, or creates those that are missing. */
@Command(
        name = "topics",
        description =
                "Check the topics of the Kafka of KAFKA_BOOTSTRAP_SERVERS, or create them and register the schemas.")
public final class TopicsCommand implements Callable<Integer>, HasSettings {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Terminal terminal;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Option(names = "--create", description = "Create what is missing, and register the schemas.")
    private boolean create;

    @Option(names = "--json", description = "One JSON object instead of lines for people.")
    private boolean json;

    public TopicsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public List<Service> readers() {
        return List.of(Service.TOPICS);
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.settings(readers(), terminal);
        Service.TOPICS.read(settings);
        if (options.printConfig()) {
            SettingOptions.print(settings, terminal);
            return ExitCode.OK.number();
        }
        Logging.quietNetwork();
        TopicCatalogue catalogue;
        List<String> created = List.of();
        List<String> problems;
        try (Cluster cluster = Cluster.await(KafkaSettings.from(settings), terminal::note)) {
            catalogue = cluster.catalogue(settings);
            TopicAdmin topics = new TopicAdmin(cluster.admin(), catalogue);
            if (create) {
                created = topics.create();
            }
            problems = topics.check();
        }
        if (create) {
            Registry.await(settings, terminal::note);
            new TapeCodec(SchemaRegistry.open(Registry.url(settings)), catalogue).publishSchemas();
        }
        report(catalogue, created, problems);
        return (problems.isEmpty() ? ExitCode.OK : ExitCode.FAILED).number();
    }

    private void report(TopicCatalogue catalogue, List<String> created, List<String> problems) {
        if (json) {
            ObjectNode report =
                    JSON.createObjectNode().put("ok", problems.isEmpty()).put("partitions", catalogue.partitions());
            ArrayNode names = report.putArray("topics");
            for (Topic topic : Topic.values()) {
                names.add(catalogue.name(topic));
            }
            created.forEach(report.putArray("created")::add);
            problems.forEach(report.putArray("problems")::add);
            terminal.json(report);
            return;
        }
        created.forEach(name -> terminal.line("created " + name));
        problems.forEach(terminal::line);
        if (problems.isEmpty()) {
            terminal.line("all %d topics are as they should be, with %d partitions each"
                    .formatted(Topic.values().length, catalogue.partitions()));
        }
    }
}

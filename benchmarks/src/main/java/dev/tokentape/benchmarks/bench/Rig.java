package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.process.Certificate;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.standalone.stack.LocalBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** What a measurement stands on: a broker in this process with data in a folder of its own, and a writer to it. */
final class Rig implements AutoCloseable {

    private final Path folder;
    private final EmbeddedKafka kafka;
    private final Map<String, String> settings;
    private final TapeWriter writer;
    private @Nullable Certificate certificate;

    private Rig(Path folder, EmbeddedKafka kafka, Map<String, String> settings, TapeWriter writer) {
        this.folder = folder;
        this.kafka = kafka;
        this.settings = settings;
        this.writer = writer;
    }

    static Rig start(int partitions) {
        try {
            Path folder = Files.createTempDirectory("tokentape-bench-");
            EmbeddedKafka kafka = LocalBroker.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
            settings.put(
                    "schema.registry.url",
                    folder.resolve("schemas.json").toUri().toString());
            settings.put("topics.partitions", Integer.toString(partitions));
            settings.put("gateway.port", "0");
            // Nobody answers there: no measurement asks for finished turns.
            settings.put("gateway.processor-urls", "http://127.0.0.1:9");
            TopicCatalogue topics = TopicCatalogue.from(Settings.of(settings));
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                TopicAdmin topicAdmin = new TopicAdmin(admin, topics);
                topicAdmin.create();
                topicAdmin.require();
            }
            TapeCodec codec = new TapeCodec(SchemaRegistry.open(settings.get("schema.registry.url")), topics);
            codec.publishSchemas();
            return new Rig(folder, kafka, settings, new TapeWriter(kafka.bootstrapServers(), codec, topics));
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the measurement's data: " + e, e);
        }
    }

    TapeWriter writer() {
        return writer;
    }

    GatewayProcess gateway(Wire wire) {
        return gateway(wire, Map.of());
    }

    /** @param different settings that differ from the defaults */
    GatewayProcess gateway(Wire wire, Map<String, String> different) {
        return GatewayProcess.start(settings(wire, different), Map.of());
    }

    /** One that asks who its readers are, and shows what models think to those alone who may see it. */
    GatewayProcess gateway(Tokens tokens) {
        return GatewayProcess.start(
                settings(Wire.PLAIN, Map.of("gateway.auth.hide-thinking", "true")), tokens.environment());
    }

    /** One whose heap keeps no more room than it needs. */
    GatewayProcess tightGateway(Wire wire) {
        return GatewayProcess.startTight(settings(wire, Map.of()));
    }

    private Map<String, String> settings(Wire wire, Map<String, String> different) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(different);
        if (wire == Wire.TLS) {
            all.putAll(certificate().settings());
        }
        return all;
    }

    /** One for all gateways of the measurement. */
    private Certificate certificate() {
        Certificate made = certificate;
        if (made == null) {
            made = Certificate.in(folder);
            certificate = made;
        }
        return made;
    }

    @Override
    public void close() {
        writer.close();
        kafka.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the measurement's data in " + folder + " could not be deleted", e);
        }
    }
}

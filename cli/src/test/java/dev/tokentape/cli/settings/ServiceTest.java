package dev.tokentape.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.provider.config.ProvidersConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServiceTest {

    private static final List<String> DOCUMENTS = List.of(
            "docs/services.md", "producer/README.md", "stream-processor/README.md", "consumer-gateway/README.md");

    @Test
    void producerAndProcessorOfOneMachineDoNotFightForAPort() {
        // When
        String producers = Service.PRODUCER.defaults().get("operations.port");
        String processors = Service.PROCESSOR.defaults().get("operations.port");

        // Then
        assertThat(producers).isEqualTo("9400");
        assertThat(processors).isEqualTo("9401");
    }

    @Test
    void everySettingIsDocumented() throws IOException {
        // Given
        Set<String> keys = new TreeSet<>();
        for (Service service : Service.values()) {
            service.defaults(ProvidersConfig.known().keySet()).keySet().stream()
                    .map(key -> key.replaceFirst("^provider\\.[^.]+\\.", "provider.NAME."))
                    .forEach(keys::add);
        }

        // When
        StringBuilder documents = new StringBuilder();
        for (String document : DOCUMENTS) {
            documents.append(Files.readString(Path.of("..").resolve(document)));
        }

        // Then
        assertThat(keys.stream()
                        .filter(key -> !documents.toString().contains("`" + key + "`"))
                        .collect(Collectors.toSet()))
                .as("settings that stand in none of " + DOCUMENTS)
                .isEmpty();
    }
}

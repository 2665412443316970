package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.config.ProviderConfig;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The vendors whose own client is on npm: what it sends, and what we send for the same wish. */
@Timeout(180)
class NodeClientsTest {

    private static final Path CLIENTS = Path.of("src", "test", "clients");
    private static final Path INSTALLED = Path.of("target", "clients");
    private static final List<Message> MESSAGES = List.of(
            Jobs.message("user", Jobs.text("Where is this?"), Jobs.image("image/png", "AAAA")),
            Jobs.message("assistant", Jobs.call("abcdefghi", "weather", "{\"city\":\"Rome\"}")),
            Jobs.message("tool", Jobs.result("abcdefghi", "21 degrees")),
            Jobs.message("user", Jobs.text("Hi")));

    @Test
    void weAskOllamaAsItsOwnClientDoes() throws Exception {
        // Given
        install();

        // When
        JsonNode theirs = theirs("ollama.mjs");

        // Then
        assertThat(ours("ollama", request -> request.setThinkingBudget(0))).isEqualTo(theirs);
    }

    @Test
    void weAskMistralAsItsOwnClientDoes() throws Exception {
        // Given
        install();

        // When
        JsonNode theirs = theirs("mistral.mjs");
        // What its client adds by itself is what the API takes for granted.
        ObjectNode said = (ObjectNode) theirs.at("/messages/2");
        said.remove("prefix");
        ((ObjectNode) said.at("/tool_calls/0")).remove("index");
        // What the API wants between a tool's result and a question, and its client leaves to whoever asks.
        ArrayNode messages = (ArrayNode) theirs.get("messages");
        messages.insertObject(4).put("role", "assistant").put("content", "Noted.");

        // Then
        assertThat(ours("mistral", request -> request.setToolChoice("weather"))).isEqualTo(theirs);
    }

    private static JsonNode ours(String provider, Consumer<GenerationRequest.Builder> more) throws IOException {
        GenerationJob job = Jobs.of(
                List.of(),
                MESSAGES,
                request -> more.accept(request.setSystem("Be brief.")
                        .setMaxTokens(2000)
                        .setTemperature(0.5)
                        .setTopP(0.25)
                        .setStop(List.of("END"))
                        .setResponseSchema("{\"type\":\"object\"}")
                        .setTools(List.of(VendorRequests.WEATHER))));
        Settings settings = Settings.of(Map.of("providers", provider));
        ProviderConfig config = Objects.requireNonNull(ProviderConfig.from(settings, provider));
        return new ObjectMapper().readTree(config.body(job).toString());
    }

    private static JsonNode theirs(String script) throws IOException, InterruptedException {
        return VendorRequests.theirs(url -> {
            try {
                assertThat(run("node", script, url))
                        .as("the status of %s", script)
                        .isZero();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(script + " did not run", e);
            }
        });
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        for (String name : new String[] {"package.json", "ollama.mjs", "mistral.mjs"}) {
            Files.copy(CLIENTS.resolve(name), INSTALLED.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.isDirectory(INSTALLED.resolve("node_modules"))) {
            assumeTrue(
                    run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent") == 0,
                    "npm cannot fetch the clients of Ollama and Mistral here");
        }
    }

    /** @return the program's status; -1 if there is no such program, or it took too long */
    private static int run(String... command) throws InterruptedException, IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(INSTALLED.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException _) {
            return -1;
        }
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return -1;
        }
        return process.exitValue();
    }
}

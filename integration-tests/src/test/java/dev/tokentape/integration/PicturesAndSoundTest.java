package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no text goes the same way, from the provider's stream over the tape to every reader. */
class PicturesAndSoundTest {

    /** More than one event may carry. */
    private static final String PICTURE = base64(700_000);

    private static final List<String> SOUND = List.of(base64(3_000), base64(3_000), base64(1_500));
    private static final int MOST_CHARACTERS = 262_144;

    @TempDir
    static Path folder;

    private static final List<Simulator> SIMULATORS = new ArrayList<>();
    private static House house;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of("providers", "sound,picture,drawing"));
        provider(settings, "sound", "openai-chat-completions", """
                {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":null,\
                "audio":{"id":"audio_1","transcript":"Good "}}}]}
                {"id":"c","model":"m","choices":[{"index":0,"delta":{"audio":{"data":"%s"}}}]}
                {"id":"c","model":"m","choices":[{"index":0,"delta":{"audio":{"transcript":"morning."}}}]}
                {"id":"c","model":"m","choices":[{"index":0,"delta":{"audio":{"data":"%s"}}}]}
                {"id":"c","model":"m","choices":[{"index":0,"delta":{"audio":{"data":"%s"}}}]}
                {"id":"c","model":"m","choices":[{"index":0,"delta":{"audio":{"expires_at":1790000000}}}]}
                {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
                [DONE]
                """.formatted(SOUND.toArray()));
        provider(settings, "picture", "gemini-generate-content", """
                {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Here: "}]}}]}
                {"candidates":[{"index":0,"content":{"role":"model","parts":[{"inlineData":{"mimeType":"image/webp",\
                "data":"%s"},"thoughtSignature":"signed"}]}}]}
                {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"!"}]},"finishReason":"STOP"}],\
                "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":9}}
                """.formatted(PICTURE));
        provider(settings, "drawing", "openai-responses", """
                {"type":"response.created","response":{"id":"r","model":"m","status":"in_progress","output":[]}}
                {"type":"response.output_item.added","output_index":0,"item":{"id":"i","type":"image_generation_call",\
                "status":"in_progress"}}
                {"type":"response.image_generation_call.partial_image","output_index":0,"item_id":"i",\
                "partial_image_index":0,"partial_image_b64":"AAAA","output_format":"webp"}
                {"type":"response.output_item.done","output_index":0,"item":{"id":"i","type":"image_generation_call",\
                "status":"completed","output_format":"webp","result":"%s"}}
                {"type":"response.completed","response":{"id":"r","model":"m","status":"completed","output":[]}}
                """.formatted(PICTURE));
        house = House.start(settings);
        house.processor();
        house.producer();
        client = new Client(house.gateway().url());
    }

    @AfterAll
    static void stop() {
        house.close();
        SIMULATORS.forEach(Simulator::close);
    }

    @Test
    void soundArrivesPieceByPieceWithWhatItSays() {
        // When
        JsonNode answer = ask("sound");

        // Then
        assertThat(answer.get("text").textValue()).isEqualTo("Good morning.");
        JsonNode sound = block(answer, "audio");
        assertThat(sound.get("text").textValue()).isEqualTo(String.join("", SOUND));
        assertThat(sound.get("media_type").textValue()).isEqualTo("audio/pcm");
        assertThat(sound.at("/provider_data/id").textValue()).isEqualTo("audio_1");
        assertThat(deltas(answer, "data")).containsExactlyElementsOf(SOUND);
    }

    @Test
    void aPictureIsCutIntoEventsThatFitAndPutTogetherAgain() {
        for (String provider : List.of("picture", "drawing")) {
            // When
            JsonNode answer = ask(provider);

            // Then
            List<JsonNode> pictures = blocks(answer, "image");
            assertThat(pictures.getLast().get("text").textValue()).as(provider).isEqualTo(PICTURE);
            assertThat(pictures.getLast().get("media_type").textValue()).isEqualTo("image/webp");
            List<String> pieces = deltas(answer, "data");
            assertThat(pieces).allMatch(piece -> piece.length() <= MOST_CHARACTERS);
            assertThat(pieces.size()).isGreaterThan(3);
            assertThat(String.join("", pieces)).endsWith(PICTURE);
        }
    }

    @Test
    void thePicturesSignatureIsKeptForTheNextTurn() {
        // When
        JsonNode answer = ask("picture");

        // Then
        assertThat(answer.get("text").textValue()).isEqualTo("Here: !");
        assertThat(block(answer, "image").get("signature").textValue()).isEqualTo("signed");
    }

    private static JsonNode ask(String provider) {
        return Client.parse(client.postBody(
                        "media-" + provider,
                        Map.of("prompt", "Show or say something", "provider", provider, "model", "m"),
                        Map.of("Prefer", "wait"))
                .body());
    }

    private static JsonNode block(JsonNode answer, String type) {
        List<JsonNode> blocks = blocks(answer, type);
        assertThat(blocks).hasSize(1);
        return blocks.getFirst();
    }

    private static List<JsonNode> blocks(JsonNode answer, String type) {
        assertThat(answer.path("status").asText()).as(answer.toString()).isEqualTo("completed");
        return answer.get("blocks")
                .valueStream()
                .filter(block -> block.get("type").textValue().equals(type))
                .toList();
    }

    /** The text of all deltas of this type, as a reader of the tape sees them. */
    private static List<String> deltas(JsonNode answer, String type) {
        EventStream events = client.answer(
                answer.get("conversation_id").textValue(),
                answer.get("response_id").textValue());
        events.awaitClosed();
        return events.events().stream()
                .map(event -> event.path("delta"))
                .filter(delta -> delta.path("type").asText().equals(type))
                .map(delta -> delta.get("text").textValue())
                .toList();
    }

    private static void provider(Map<String, String> settings, String name, String api, String events)
            throws IOException {
        Path body = folder.resolve(name + ".sse");
        Stream<String> framed = events.lines().map(event -> "data: " + event + "\n\n");
        Files.writeString(body, framed.collect(Collectors.joining()));
        Simulator simulator =
                Simulator.start(SimulatorConfig.defaults().withPort(0).withReplay(body));
        SIMULATORS.add(simulator);
        settings.put("provider." + name + ".api", api);
        settings.put("provider." + name + ".base-url", simulator.baseUrl());
    }

    private static String base64(int bytes) {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }
}

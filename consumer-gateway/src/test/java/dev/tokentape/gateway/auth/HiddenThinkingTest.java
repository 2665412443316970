package dev.tokentape.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HiddenThinkingTest {

    private static final String CURSOR = "cursor";

    private final HiddenThinking filter = new HiddenThinking();

    private static Envelope envelope(int block) {
        return new Envelope("talk", "r", 1, null, 7, 0, Envelope.NONE, 1, 2, 3, "openai", "model").withBlock(0, block);
    }

    private static Frame frame(TokenEvent event) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", CURSOR);
            EventJson.writeFields(json, event, 5);
            json.writeEndObject();
        }
        return new Frame(CURSOR, out.toByteArray(), event.isTerminal());
    }

    private static Frame start(int block, BlockType type) throws IOException {
        return frame(new TokenEvent.BlockStart(envelope(block), type, null, null, null, null, null));
    }

    private static Frame delta(int block, DeltaType type, String text) throws IOException {
        return frame(new TokenEvent.BlockDelta(envelope(block), type, text, null));
    }

    private static Frame stop(int block) throws IOException {
        return frame(new TokenEvent.BlockStop(envelope(block)));
    }

    private List<Frame> shown(List<Frame> frames) {
        return frames.stream().filter(frame -> filter.shown(frame) != null).toList();
    }

    @Test
    void blocksOfThinkingAreLeftOutWholeAndTheOthersShown() throws IOException {
        // Given a block of thinking with its signature, and in the midst of it one of text
        Frame text = start(1, BlockType.TEXT);
        Frame word = delta(1, DeltaType.TEXT, "hello");
        Frame textEnd = stop(1);
        List<Frame> all = List.of(
                start(0, BlockType.THINKING),
                delta(0, DeltaType.THINKING, "hm"),
                text,
                word,
                delta(0, DeltaType.SIGNATURE, "s"),
                stop(0),
                textEnd);

        // When
        List<Frame> shown = shown(all);

        // Then
        assertThat(shown).containsExactly(text, word, textEnd);
    }

    @Test
    void redactedThinkingIsLeftOutWithItsEnd() throws IOException {
        // Given
        Frame after = start(1, BlockType.TEXT);

        // When
        List<Frame> shown = shown(List.of(start(0, BlockType.REDACTED_THINKING), stop(0), after));

        // Then
        assertThat(shown).containsExactly(after);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"delta\":{\"type\":\"thinking\"",
                "{\"id\":\"cursor\",\"type\":\"content_block_delta\",\"delta\":{\"type\":\"signature\"}}",
                "\\\"type\\\":\\\"gap\\\""
            })
    void textThatLooksLikeThinkingIsText(String text) throws IOException {
        // Given
        Frame frame = delta(0, DeltaType.TEXT, text);

        // When, Then
        assertThat(filter.shown(frame)).isSameAs(frame);
    }

    @Test
    void aPieceOfThinkingIsLeftOutThoughItsProviderAddedTextOfItsOwn() throws IOException {
        // Given
        Frame frame = frame(
                new TokenEvent.BlockDelta(envelope(0), DeltaType.THINKING, "hm", "{\"delta\":{\"type\":\"text\"}}"));

        // When, Then
        assertThat(filter.shown(frame)).isNull();
    }

    @Test
    void answersInAGapAreShownWithoutTheirThinking() {
        // Given
        String gap =
                "{\"id\":\"cursor\",\"type\":\"gap\",\"responses\":[{\"thinking\":\"secret\",\"text\":\"hello\"}]}";

        // When
        Frame shown = filter.shown(new Frame(CURSOR, gap.getBytes(StandardCharsets.UTF_8), false));

        // Then
        assertThat(shown).isNotNull();
        assertThat(new String(shown.json(), StandardCharsets.UTF_8))
                .contains("hello")
                .doesNotContain("secret");
    }
}

package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Gemini's function calls whose arguments come value by value. */
class PartialArgumentsTest {

    private static final String API = "gemini-generate-content";

    @Test
    void valuesOfAnyDepthMakeOneObject() throws IOException {
        // Given
        String body = Everything.of(API);

        // When
        Decoded decoded = Decoded.of(API, body);

        // Then
        assertThat(decoded.blocks(BlockType.TOOL_USE))
                .extracting(block -> block.getText())
                .containsExactly(
                        "{\"city\":\"Rome\"}",
                        "{\"stops\":[{\"city\":\"Rome "
                                + "\\\"x\\\"\",\"days\":3},{\"city\":\"Bari\"}],\"fast\":true,\"note\":null}");
        assertThat(decoded.last()).isInstanceOf(TokenEvent.MessageStop.class);
    }

    @Test
    void aCallThatBreaksOffIsNotWhole() {
        // When
        Decoded decoded = Decoded.of(API, chunk("{\"name\":\"f\",\"willContinue\":true}") + chunk("""
                {"partialArgs":[{"jsonPath":"$.a","stringValue":"x","willContinue":true}],"willContinue":true}"""));

        // Then
        assertThat(decoded.blocks(BlockType.TOOL_USE)).singleElement().satisfies(block -> {
            assertThat(block.getComplete()).isFalse();
            assertThat(block.getText()).isEqualTo("{\"a\":\"x");
        });
    }

    @Test
    void anOrderThatMakesNoJsonIsAnError() {
        // When
        Decoded decoded = Decoded.of(API, chunk("{\"name\":\"f\",\"willContinue\":true}") + chunk("""
                {"partialArgs":[{"jsonPath":"$.a.b","numberValue":1},{"jsonPath":"$.c","numberValue":2},\
                {"jsonPath":"$.a.d","numberValue":3}]}"""));

        // Then
        assertThat(((TokenEvent.Failed) decoded.last()).error().getCode()).isEqualTo("malformed_event");
    }

    private static String chunk(String call) {
        return "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":%s}]}}]}\n\n".formatted(call);
    }
}

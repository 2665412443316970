package dev.tokentape.gateway.tape.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.gateway.tape.Frame;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventEncoderTest {

    @Test
    void lineBreaksBecomeSpacesWhereverTheyStand() {
        // Given bytes of every length up to a few words, with line breaks at random places
        long seed = 20_261_121;
        Random random = new Random(seed);
        for (int length = 0; length < 200; length++) {
            byte[] json = new byte[length];
            for (int i = 0; i < length; i++) {
                json[i] = (byte) (random.nextInt(6) == 0 ? (random.nextBoolean() ? '\n' : '\r') : random.nextInt(256));
            }
            String expected = new String(json, StandardCharsets.ISO_8859_1)
                    .replace('\n', ' ')
                    .replace('\r', ' ');

            // When they are made one line
            byte[] line = LineBreaks.toSpaces(json);

            // Then nothing but the breaks has changed
            assertThat(new String(line, StandardCharsets.ISO_8859_1))
                    .as("seed %d, length %d", seed, length)
                    .isEqualTo(expected);
        }
    }

    @Test
    void frameThatFailsInTheMiddleDoesNotSpoilTheNext() {
        // Given a frame whose writing fails after some of it was written
        assertThatThrownBy(() -> EventEncoder.frame("broken", false, json -> {
                    json.writeStringField("half", "written");
                    throw new IllegalStateException("no more");
                }))
                .isInstanceOf(IllegalStateException.class);

        // When others are written on the same thread, also a large one
        Frame small = EventEncoder.frame("a", false, json -> json.writeNumberField("n", 1));
        Frame large = EventEncoder.frame("b", false, json -> json.writeStringField("text", "x".repeat(100_000)));
        Frame last = EventEncoder.frame("c", true, json -> {
            json.writeFieldName("provider_data");
            json.writeRawValue("{\n}");
        });

        // Then each is whole, and has nothing of another
        assertThat(text(small)).isEqualTo("{\"id\":\"a\",\"n\":1}");
        assertThat(text(large)).startsWith("{\"id\":\"b\",\"text\":\"xxx").endsWith("xxx\"}");
        assertThat(text(last)).isEqualTo("{\"id\":\"c\",\"provider_data\":{ }}");
    }

    private static String text(Frame frame) {
        return new String(frame.json(), StandardCharsets.UTF_8);
    }
}

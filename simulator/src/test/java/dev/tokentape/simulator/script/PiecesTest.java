package dev.tokentape.simulator.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PiecesTest {

    @Test
    void wordsKeepTheirBlankLongOnesAreSplitAndPunctuationStandsAlone() {
        assertThat(Pieces.of("A queue grows, unquestionably."))
                .containsExactly("A", " queue", " grows", ",", " unqu", "estio", "nably", ".");
        assertThat(Pieces.of("In 2026:\n\n- 12345 items"))
                .containsExactly("In", " 202", "6", ":", "\n\n", "-", " 123", "45", " items");
        assertThat(Pieces.of("    return x;")).containsExactly("   ", " return", " x", ";");
    }

    @Test
    void thePiecesOfAnyTextJoinToItAndCutNoCharacter() {
        // Given
        var random = new SplittableRandom(42);
        var text = new StringBuilder();
        int[] alphabet = "aé東の한👍🇳ا \n.,1\u0301\u200d".codePoints().toArray();

        for (int round = 0; round < 2000; round++) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);

            // When
            var pieces = Pieces.of(text.toString());

            // Then
            if (round % 50 == 0) {
                assertThat(String.join("", pieces)).isEqualTo(text.toString());
                assertThat(pieces).allSatisfy(PiecesTest::survivesUtf8);
            }
        }
    }

    @Test
    void evenPiecesJoinToTheTextAndCutNoCharacter() {
        // Given
        String json = "{\"place\":\"東京 👍👍👍👍👍👍\",\"days\":12}";

        // When
        var pieces = Pieces.evenly(json, 1);

        // Then
        assertThat(String.join("", pieces)).isEqualTo(json);
        assertThat(pieces).hasSizeGreaterThan(5).allSatisfy(PiecesTest::survivesUtf8);
    }

    private static void survivesUtf8(String piece) {
        assertThat(new String(piece.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(piece)
                .isNotEmpty();
    }
}

package dev.tokentape.processor.moderation.normalise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingsTest {

    private static String read(SymbolMap reading, String text) {
        int[] symbols = reading.read(text);
        return new String(symbols, 0, symbols.length);
    }

    @ParameterizedTest
    @CsvSource({
        "Straße, strasse",
        "ﬁne, fine",
        "ＡＢＣ, abc",
        "𝒜𝓑, ab",
        "раура1, paypa1",
        "ƀad, bad",
        "naïve, naive",
        "łódź, lodz",
        "①②, 12",
        "İ, i"
    })
    void skeletonsFoldCaseFormsMarksAndLooks(String written, String skeleton) {
        assertThat(read(Readings.SKELETON, written)).isEqualTo(skeleton);
    }

    @ParameterizedTest
    @CsvSource({"AbC, AbC", "ＡｂＣ１, AbC1", "٤१, 41", "АKIА, AKIA", "a–b, a-b", "m, m", "I1l|0O, I1l|0O", "x\u200By, xy"})
    void plainReadingsKeepCaseAndAscii(String written, String plain) {
        assertThat(read(Readings.PLAIN, written)).isEqualTo(plain);
    }

    @Test
    void readingsAreHomomorphismsOfCodePoints() {
        // Given
        Random random = new Random(7);

        for (int i = 0; i < 20_000; i++) {
            String one = Character.toString(random.nextInt(0x110000));
            String other = Character.toString(random.nextInt(0x3000));
            if (Character.isSurrogate(one.charAt(0)) != one.length() > 1 || Character.isSurrogate(other.charAt(0))) {
                continue;
            }

            // Then
            assertThat(read(Readings.SKELETON, one + other))
                    .isEqualTo(read(Readings.SKELETON, one) + read(Readings.SKELETON, other));
        }
    }

    @Test
    void vowelSignsOfOtherScriptsAreKept() {
        assertThat(Readings.SKELETON.read("कि")).hasSize(2);
        assertThat(Readings.SKELETON.read("é\u0301\u200D\u00AD")).hasSize(1);
    }
}

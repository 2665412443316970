package dev.tokentape.gateway.tape.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.gateway.tape.InvalidCursorException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CursorTest {

    private static Cursor cursor(int responses) {
        Expectations expectations = Expectations.complete();
        for (int i = 0; i < responses; i++) {
            expectations.judge(Fingerprint.of("r" + i), 0, i % 3 == 0, 1_800_000_000L + i);
        }
        return new Cursor(
                Cursor.Kind.RECORD, Long.MIN_VALUE + 5, 11, Cursor.conversationHash("c"), 1L << 40, expectations);
    }

    @Test
    void textCarriesEverything() {
        // Given
        Cursor cursor = cursor(3);

        // When
        Cursor read = Cursor.parse(cursor.text(), "c");

        // Then
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("expectations")
                .isEqualTo(cursor);
        assertThat(read.expectations().mayFollow(cursor.expectations())).isTrue();
        assertThat(read.expectations().ended(Fingerprint.of("r0"))).isTrue();
        assertThat(read.expectations().ended(Fingerprint.of("r1"))).isFalse();
        assertThat(read.text()).isEqualTo(cursor.text()).matches("[A-Za-z0-9_-]+");
    }

    @Test
    void lengthIsBoundedHoweverManyAnswersAreOpen() {
        // When
        String text = cursor(1_000).text();

        // Then
        assertThat(text).hasSizeLessThan(Cursor.MOST_CHARACTERS);
        assertThat(Cursor.parse(text).expectations().size()).isEqualTo(Expectations.MOST_RESPONSES);
        assertThat(cursor(1).text()).hasSizeLessThan(64);
    }

    @Test
    void anyChangedOrMissingCharacterIsFound() {
        // Given
        String text = cursor(2).text();

        // When, Then
        for (int i = 0; i < text.length(); i++) {
            byte[] mangled = text.getBytes(StandardCharsets.ISO_8859_1);
            // Two letters on, so that not only unused bits of the last character change.
            mangled[i] = (byte) (mangled[i] == 'x' ? 'Q' : 'x');
            String changed = new String(mangled, StandardCharsets.ISO_8859_1);
            String cut = text.substring(0, i);
            assertThatThrownBy(() -> Cursor.parse(cut)).isInstanceOf(InvalidCursorException.class);
            if (!java.util.Arrays.equals(
                    java.util.Base64.getUrlDecoder().decode(changed),
                    java.util.Base64.getUrlDecoder().decode(text))) {
                assertThatThrownBy(() -> Cursor.parse(changed)).isInstanceOf(InvalidCursorException.class);
            }
        }
    }

    @Test
    void nonsenseIsRefused() {
        for (String nonsense : new String[] {"", "start", "%%%", "AAAA", "x".repeat(5_000), "0-1"}) {
            assertThatThrownBy(() -> Cursor.parse(nonsense)).isInstanceOf(InvalidCursorException.class);
        }
    }

    @Test
    void cursorOfAnotherConversationIsRefused() {
        // Given
        String text = cursor(1).text();

        // When, Then
        assertThatThrownBy(() -> Cursor.parse(text, "d")).isInstanceOf(InvalidCursorException.class);
    }
}

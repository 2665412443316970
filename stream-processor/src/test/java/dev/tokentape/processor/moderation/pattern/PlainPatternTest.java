package dev.tokentape.processor.moderation.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainPatternTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a*            | no upper bound
            ab+c          | no upper bound
            a{2,}         | no upper bound
            a{3,2}        | n not above m
            a{x}          | {n} or {n,m}
            (ab           | not closed
            ab)           | without an opening
            [ab           | not closed
            [b-a]         | range
            [ﬁ]           | several
            ^ab           | edge of a word
            (?=a)b        | only (?:
            \\1           | not known
            a?            | empty text
            \\b           | empty text
            ?a            | repeat of nothing
            a{9999}{9999} | unfolds
            ab\\          | backslash at the end
            """)
    void whatCannotBeFollowedIsRefusedWithItsReason(String expression, String reason) {
        assertThatThrownBy(() -> PlainPattern.compile(expression.replace("\\\\", "\\"), false))
                .isInstanceOf(PatternException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void theLongestMatchIsKnown() throws PatternException {
        assertThat(PlainPattern.compile("\\bab?(?:cd|e){1,3}\\b", false).longest())
                .isEqualTo(8);
        assertThat(PlainPattern.compile("[a-z]{1,5000}", true).longest()).isEqualTo(5000);
    }
}

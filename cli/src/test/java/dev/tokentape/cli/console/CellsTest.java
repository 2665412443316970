package dev.tokentape.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CellsTest {

    @Test
    void wideCharactersTakeTwoCellsAndMarksNone() {
        assertThat(Cells.of("toast")).isEqualTo(5);
        assertThat(Cells.of("中文")).isEqualTo(4);
        assertThat(Cells.of("👍")).isEqualTo(2);
        assertThat(Cells.of("e\u0301")).isEqualTo(1);
    }

    @Test
    void anAnswerCannotSteerTheTerminal() {
        assertThat(Cells.harmless("a\u001b[2Jb\u0007\n\tc")).isEqualTo("a[2Jb\n\tc");
        assertThat(Cells.harmless("plain 中文\n")).isEqualTo("plain 中文\n");
    }

    @Test
    void whatIsNamedInALineCannotBeginAnother() {
        assertThat(Cells.inOneLine("too\tbusy\r\n[all is well]\u2028now\n")).isEqualTo("too busy [all is well] now");
    }
}

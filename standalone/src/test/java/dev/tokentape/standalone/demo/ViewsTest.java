package dev.tokentape.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewsTest {

    private static final List<String> NAMES = List.of("WebSocket", "SSE");

    private final StringWriter written = new StringWriter();
    private final PrintWriter out = new PrintWriter(written);

    @Test
    void withoutATerminalEachSubscriberHasLinesOfItsOwn() {
        // Given
        LiveView view = new LineView(out, NAMES, 26);

        // When
        view.text(0, "one two ");
        view.text(1, "one ");
        view.text(0, "three four");
        view.notice(1, "cut off");
        view.finish();

        // Then
        assertThat(written.toString().lines())
                .containsExactly(
                        "WebSocket │ one two three",
                        "SSE       │ one",
                        "SSE       │ ── cut off ──",
                        "WebSocket │ four");
        assertThat(written.toString()).doesNotContain("\u001b");
    }

    @Test
    void onATerminalTheSubscribersStandSideBySide() {
        // Given
        LiveView view = new ColumnView(out, NAMES, 40);

        // When
        view.text(0, "one two three four five six");
        view.text(1, "one");
        view.notice(1, "cut off");
        view.finish();

        // Then
        List<String> rows = lastDrawing();
        assertThat(rows.getFirst()).isEqualTo("WebSocket          │ SSE");
        assertThat(rows).contains("one two three four │ one", "five six           │ ── cut off ──");
    }

    @Test
    void wideCharactersDoNotPushTheNextColumn() {
        // Given
        LiveView view = new ColumnView(out, NAMES, 40);

        // When
        view.text(0, "中文的句子里没有空格");
        view.finish();

        // Then: nine characters of two cells fill the column's eighteen
        assertThat(lastDrawing()).contains("中文的句子里没有空 │", "格                 │");
    }

    @Test
    void onATerminalOnlyTheLastRowsAreShown() {
        // Given
        LiveView view = new ColumnView(out, NAMES, 40);

        // When
        for (int i = 0; i < 100; i++) {
            view.text(0, "line " + i + "\n");
        }
        view.finish();

        // Then
        assertThat(lastDrawing()).hasSize(13).anyMatch(row -> row.startsWith("line 99"));
    }

    /** What stands on the screen: the rows since the cursor last went up, without colours. */
    private List<String> lastDrawing() {
        String all = written.toString();
        return all.substring(all.lastIndexOf("A\r") + 1)
                .replaceAll("\u001b\\[[0-9]*[A-Za-z]", "")
                .replace("\r", "")
                .lines()
                .map(String::stripTrailing)
                .toList();
    }

    @Test
    void linesBreakBetweenWordsWhereTheyCan() {
        assertThat(Wrap.lines("one two three", 8)).containsExactly("one two", "three");
        assertThat(Wrap.lines("incomprehensible", 8)).containsExactly("incompre", "hensible");
        assertThat(Wrap.lines("a\n\nb", 8)).containsExactly("a", "", "b");
        assertThat(Wrap.lines("中文的句子", 8)).containsExactly("中文的句", "子");
        assertThat(Wrap.lines("👍👍👍", 4)).containsExactly("👍👍", "👍");
        assertThat(Wrap.lines("", 8)).containsExactly("");
    }
}

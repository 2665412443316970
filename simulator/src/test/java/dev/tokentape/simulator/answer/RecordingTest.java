package dev.tokentape.simulator.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {

    @TempDir
    Path folder;

    @Test
    void serverSentEventsAreSplitAtBlankLinesWhateverTheLineEnds() throws IOException {
        assertThat(events("a.sse", "data: 1\n\nevent: x\ndata: 2\n\ndata: 3"))
                .containsExactly("data: 1\n\n", "event: x\ndata: 2\n\n", "data: 3");
        assertThat(events("b.sse", "data: 1\r\n\r\ndata: 2\r\n\r\n"))
                .containsExactly("data: 1\r\n\r\n", "data: 2\r\n\r\n");
        assertThat(events("c.sse", "data: 1\r\rdata: 2\r")).containsExactly("data: 1\r\r", "data: 2\r");
        assertThat(events("d.sse", "")).isEmpty();
    }

    @Test
    void linesOfNdjsonAreEvents() throws IOException {
        assertThat(events("a.ndjson", "{}\n{\"a\":1}\n{\"b\"")).containsExactly("{}\n", "{\"a\":1}\n", "{\"b\"");
    }

    @Test
    void amazonEventStreamsAreSplitByTheirLengths() throws IOException {
        // Given
        byte[] body = new byte[16 + 20 + 3];
        body[3] = 16;
        body[16 + 3] = 20;

        // When
        var recording = Recording.read(Files.write(folder.resolve("a.eventstream"), body));

        // Then
        assertThat(recording.contentType()).isEqualTo("application/vnd.amazon.eventstream");
        assertThat(recording.events()).extracting(event -> event.length).containsExactly(16, 20, 3);
    }

    @Test
    void anUnknownExtensionIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "x");
        assertThatThrownBy(() -> Recording.read(file))
                .hasMessageContaining("a.txt")
                .hasMessageContaining("sse");
    }

    private List<String> events(String name, String body) throws IOException {
        return Recording.read(Files.writeString(folder.resolve(name), body)).events().stream()
                .map(event -> new String(event, StandardCharsets.UTF_8))
                .toList();
    }
}

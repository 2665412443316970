package dev.tokentape.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseScannerTest {

    private static final String STREAM = """
            000000a1\r
            id: first
            data: {"id":"first","type":"user_message","sequence":0,"published_at_us":1700000000000001,"text":"hi"}

            id: second
            data: {"id":"second","type":"message_start","sequence":1,"published_at_us":1700000000000002}

            \r
            : keep-alive
            0000001f\r
            id: third
            data: {"id":"third","type":"gap","reason":"log_recreated"}

            """;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 10_000})
    void eachEventIsFoundOnceHoweverTheStreamIsCut(int piece) {
        // Given a stream that comes in pieces
        List<String> found = new ArrayList<>();
        SseScanner scanner = new SseScanner(new SseScanner.Found() {
            @Override
            public void event(long sequence, long publishedAt) {
                found.add(sequence + "@" + publishedAt);
            }

            @Override
            public void gap() {
                found.add("gap");
            }
        });
        byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
        ByteBuf in = Unpooled.buffer();

        // When it is scanned piece by piece
        for (int from = 0; from < bytes.length; from += piece) {
            in.writeBytes(bytes, from, Math.min(piece, bytes.length - from));
            scanner.scan(in);
        }

        // Then every event was found, and the last cursor kept
        assertThat(found).containsExactly("0@1700000000000001", "1@1700000000000002", "gap");
        assertThat(scanner.cursor()).isEqualTo("third");
    }
}

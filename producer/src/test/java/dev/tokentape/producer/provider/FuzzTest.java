package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever bytes come: no exception, no hang, one terminal event at the end, and blocks in their order. */
@Timeout(120)
class FuzzTest {

    private static final int ROUNDS = 3_000;

    @ParameterizedTest
    @CsvSource({
        "openai-chat-completions,chat-everything.sse",
        "openai-responses,responses-everything.sse",
        "anthropic-messages,messages-everything.sse",
        "bedrock-converse-stream,converse-everything.txt",
        "gemini-generate-content,gemini-everything.sse",
        "ollama-native,ollama-everything.ndjson"
    })
    void anyBytesEndInOneTerminalEvent(String api, String fixture) throws IOException {
        byte[] whole = fixture(fixture);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            // Given
            byte[] body = round % 10 == 0 ? noise(random) : mutated(whole, random);
            if (fixture.endsWith(".txt") && round % 3 != 0) {
                body = Frames.ofLines(new String(body, StandardCharsets.UTF_8));
            } else if (fixture.endsWith(".txt") && round % 10 != 0) {
                body = mutated(Frames.ofLines(new String(whole, StandardCharsets.UTF_8)), random);
            }
            int chunk = random.nextInt(4) == 0 ? 1 + random.nextInt(40) : 0;

            // When
            List<TokenEvent> events = Decoded.of(api, body, chunk).events();

            // Then
            check(events, "seed %d, round %d".formatted(seed, round));
        }
    }

    private static void check(List<TokenEvent> events, String where) {
        assertThat(events.stream().filter(TokenEvent::isTerminal)).as(where).hasSize(1);
        assertThat(events.getLast().isTerminal()).as(where).isTrue();
        assertThat(events.stream()
                        .filter(e -> e instanceof TokenEvent.MessageStart)
                        .count())
                .as(where)
                .isLessThanOrEqualTo(1);
        Set<String> open = new HashSet<>();
        for (TokenEvent event : events) {
            Envelope envelope = event.envelope();
            String block = envelope.choiceIndex() + "/" + envelope.blockIndex();
            switch (event) {
                case TokenEvent.BlockStart _ ->
                    assertThat(open.add(block)).as(where).isTrue();
                case TokenEvent.BlockDelta _ -> assertThat(open).as(where).contains(block);
                case TokenEvent.BlockStop _ ->
                    assertThat(open.remove(block)).as(where).isTrue();
                default -> {}
            }
        }
    }

    private static byte[] noise(Random random) {
        byte[] noise = new byte[random.nextInt(400)];
        random.nextBytes(noise);
        return noise;
    }

    /** The fixture with some bytes changed, stretches taken out, doubled or put elsewhere. */
    private static byte[] mutated(byte[] whole, Random random) {
        byte[] body = whole.clone();
        for (int i = random.nextInt(6); i > 0; i--) {
            int from = random.nextInt(body.length);
            int to = Math.min(body.length, from + 1 + random.nextInt(200));
            switch (random.nextInt(4)) {
                case 0 -> body[from] = (byte) random.nextInt(256);
                case 1 -> body[from] = (byte) "{}[]\",:\n\r0-9ntf".charAt(random.nextInt(15));
                case 2 -> body = joined(body, 0, from, body, to, body.length);
                default -> body = joined(body, 0, to, body, from, body.length);
            }
            if (body.length == 0) {
                return body;
            }
        }
        return body;
    }

    private static byte[] joined(byte[] first, int from, int to, byte[] second, int secondFrom, int secondTo) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first, from, to - from);
        all.write(second, secondFrom, secondTo - secondFrom);
        return all.toByteArray();
    }

    private static byte[] fixture(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(FuzzTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }
}

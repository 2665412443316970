package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes come: no exception, no hang, one terminal event at the end, and blocks in their order. */
@Timeout(120)
class FuzzTest {

    private static final int ROUNDS = 3_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] OTHERS = {
        "null", "true", "-1", "1e99", "99999999999", "\"\"", "\"x\"", "[]", "[1]", "[null]", "[{}]", "{}", "{\"a\":1}"
    };

    @ParameterizedTest
    @MethodSource("dev.tokentape.producer.provider.Everything#files")
    void anyBytesEndInOneTerminalEvent(String api, String fixture) throws IOException {
        byte[] whole = Everything.of(api).getBytes(StandardCharsets.UTF_8);
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

    @ParameterizedTest
    @MethodSource("dev.tokentape.producer.provider.Everything#files")
    void valuesOfAnyTypeAnywhereEndInOneTerminalEvent(String api, String fixture) throws IOException {
        String whole = Everything.of(api);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            // Given
            String lines = whole.lines()
                    .map(line -> random.nextInt(4) == 0 ? retyped(line, random) : line)
                    .collect(Collectors.joining("\n", "", "\n"));
            byte[] body = fixture.endsWith(".txt") ? Frames.ofLines(lines) : lines.getBytes(StandardCharsets.UTF_8);

            // When
            List<TokenEvent> events = Decoded.of(api, body, 0).events();

            // Then
            check(events, "seed %d, round %d".formatted(seed, round));
        }
    }

    /** The line with one value of its JSON replaced by one of another type. */
    private static String retyped(String line, Random random) {
        int start = line.indexOf('{');
        if (start < 0) {
            return line;
        }
        try {
            JsonNode root = JSON.readTree(line.substring(start));
            JsonNode node = root;
            while (true) {
                List<String> fields = new ArrayList<>();
                node.fieldNames().forEachRemaining(fields::add);
                int size = node.size();
                if (size == 0) {
                    return line;
                }
                int at = random.nextInt(size);
                JsonNode child = node.isObject() ? node.get(fields.get(at)) : node.get(at);
                if (child.isEmpty() || random.nextInt(3) == 0) {
                    JsonNode other = JSON.readTree(OTHERS[random.nextInt(OTHERS.length)]);
                    if (node instanceof ObjectNode object) {
                        object.set(fields.get(at), other);
                    } else {
                        ((ArrayNode) node).set(at, other);
                    }
                    return line.substring(0, start) + root;
                }
                node = child;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(List<TokenEvent> events, String where) {
        assertThat(events.stream().filter(TokenEvent::isTerminal)).as(where).hasSize(1);
        assertThat(events.getLast().isTerminal()).as(where).isTrue();
        Set<String> open = new HashSet<>();
        for (TokenEvent event : events) {
            Envelope envelope = event.envelope();
            String block = envelope.choiceIndex() + "/" + envelope.blockIndex();
            switch (event) {
                case TokenEvent.MessageStart _ -> open.clear();
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
}

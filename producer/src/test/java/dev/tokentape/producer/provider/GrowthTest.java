package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Limits;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.api.RunStamp;
import dev.tokentape.producer.provider.config.Apis;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A provider that never comes to an end: every index is new, every object has fields nobody knows. What it makes us
 * say, and what we keep in memory of it, stays within the answer's bounds.
 */
@Timeout(120)
class GrowthTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Limits LIMITS = new Limits(64 * 1024, 50_000, 300, 8);
    private static final int TIMES = 2_000;
    private static final long MOST_KEPT = 12L * 1024 * 1024;

    private record WireEvent(String name, String data) {}

    @ParameterizedTest
    @MethodSource("dev.tokentape.producer.provider.Everything#files")
    void whatNeverEndsIsBounded(String api, String fixture) throws IOException {
        // Given
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<WireEvent> endless = withoutEnd(api, events(api, fixture));
        List<Reducer> kept = new ArrayList<>();
        List<Told> answers = new ArrayList<>();
        long before = usedHeap();
        long fed = 0;

        // When each of them comes again and again, at an answer of its own
        for (WireEvent event : endless) {
            Told told = new Told();
            Reducer reducer = reducer(api, new Answer(new RunStamp("c", "r", 1, null, null, null), LIMITS, told::add));
            for (int i = 0; i < TIMES; i++) {
                String data = changed(event.data, random);
                fed += data.length();
                reducer.event(event.name, data, false);
            }
            kept.add(reducer);
            answers.add(told);
        }
        long retained = usedHeap() - before;
        kept.forEach(Reducer::end);

        // Then
        String where = "seed %d, %d characters sent, %d bytes kept".formatted(seed, fed, retained);
        assertThat(fed).as(where).isGreaterThan(MOST_KEPT);
        assertThat(retained).as(where).isLessThan(MOST_KEPT);
        for (Told told : answers) {
            assertThat(told.characters).as(where).isLessThanOrEqualTo(LIMITS.answerCharacters());
            assertThat(told.blocks).as(where).isLessThanOrEqualTo(LIMITS.blocks());
            assertThat(told.events).as(where).isLessThanOrEqualTo(LIMITS.answerCharacters() + 2L * LIMITS.blocks() + 2);
            assertThat(told.ends).as(where).isEqualTo(1);
        }
    }

    /** Counts what is told, and keeps nothing of it. */
    private static final class Told {
        private long characters;
        private long blocks;
        private long events;
        private long ends;

        private void add(TokenEvent event) {
            events++;
            ends += event.isTerminal() ? 1 : 0;
            switch (event) {
                case TokenEvent.BlockStart start -> {
                    blocks++;
                    characters += length(start.text()) + length(start.providerData());
                }
                case TokenEvent.BlockDelta delta -> characters += length(delta.text());
                case TokenEvent.MessageDelta delta -> characters += length(delta.providerData());
                default -> {}
            }
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }
    }

    /** Those of the events after which an answer goes on. */
    private static List<WireEvent> withoutEnd(String api, List<WireEvent> events) {
        return events.stream()
                .filter(event -> {
                    Answer answer = new Answer(new RunStamp("c", "r", 1, null, null, null), Limits.DEFAULT, _ -> {});
                    Reducer reducer = reducer(api, answer);
                    reducer.event(event.name, event.data, false);
                    return !answer.ended() && !reducer.whole();
                })
                .toList();
    }

    private static Reducer reducer(String api, Answer answer) {
        return Objects.requireNonNull(Apis.named(api)).reducer(answer);
    }

    private static String changed(String data, Random random) throws JsonProcessingException {
        JsonNode root = JSON.readTree(data);
        change(root, random);
        return root.toString();
    }

    private static void change(JsonNode node, Random random) {
        if (node instanceof ObjectNode object) {
            List<String> fields = new ArrayList<>();
            object.fieldNames().forEachRemaining(fields::add);
            for (String field : fields) {
                JsonNode child = object.get(field);
                if (child.isInt() && random.nextInt(3) == 0) {
                    object.set(field, IntNode.valueOf(random.nextInt(1_000_000)));
                } else if (child.isTextual() && random.nextInt(20) == 0) {
                    object.put(field, "");
                }
                change(child, random);
            }
            if (random.nextInt(4) == 0) {
                object.put("new" + random.nextInt(1_000_000), "x".repeat(4_000));
            }
        } else if (node instanceof ArrayNode array) {
            array.forEach(child -> change(child, random));
        }
    }

    private static List<WireEvent> events(String api, String fixture) throws IOException {
        List<WireEvent> events = new ArrayList<>();
        String name = "";
        for (String line : Everything.of(api).lines().toList()) {
            if (line.startsWith("event:")) {
                name = line.substring("event:".length()).strip();
            }
            int start = line.indexOf('{');
            if (start >= 0) {
                String before = line.substring(0, start).strip();
                events.add(new WireEvent(fixture.endsWith(".txt") ? before : name, line.substring(start)));
            }
        }
        return events.stream().filter(event -> isJson(event.data)).toList();
    }

    private static boolean isJson(String data) {
        try {
            return JSON.readTree(data).isObject();
        } catch (JsonProcessingException _) {
            return false;
        }
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}

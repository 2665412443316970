package dev.tokentape.producer.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Framing;
import dev.tokentape.producer.provider.config.Apis;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Changes to a body that change nothing of what it says. */
final class NeutralChanges {

    /** One kind of change. */
    enum Kind {
        BYTE_ORDER_MARK,
        LINE_ENDS,
        COMMENTS,
        BLANK_LINES,
        SPACE_AFTER_COLON,
        OTHER_FIELDS,
        LAST_LINE_END,
        KEY_ORDER,
        UNKNOWN_FIELDS,
        NULLS,
        ESCAPES,
        MANY_LINES,
        OTHER_EVENTS,
        REPEATS
    }

    /** Below these everything belongs to the content. */
    private static final Set<String> CONTENT = Set.of("args", "arguments", "input", "json");

    /** Events that say the same when they are said twice. */
    private static final Set<String> REPEATABLE = Set.of(
            "message_start", "content_block_start", "content_block_stop", "message_delta", "ping", "message_stop");

    /** A byte order mark, as the bytes that it is. */
    private static final String MARK = "\u00EF\u00BB\u00BF";

    private static final List<String> VALUES =
            List.of("null", "1", "-0.5", "true", "\"\"", "\"x\"", "[]", "[1,{}]", "{}", "{\"a\":{\"b\":[null]}}");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper ESCAPED =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final String api;
    private final Framing framing;
    private final Random random;

    NeutralChanges(String api, Random random) {
        this.api = api;
        this.framing = Objects.requireNonNull(Apis.named(api)).framing();
        this.random = random;
    }

    /** The body, changed in these ways. */
    byte[] apply(byte[] body, Set<Kind> kinds) {
        return framing == Framing.AWS_EVENT_STREAM ? frames(body, kinds) : lines(body, kinds);
    }

    private byte[] lines(byte[] body, Set<Kind> kinds) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String[] given = text.split("\r\n|\n|\r", -1);
        List<String> lines = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < given.length; i++) {
            boolean last = i == given.length - 1;
            String line = given[i];
            if (last) {
                lines.add(line);
            } else if (framing == Framing.JSON_LINES) {
                lines.add(json(line, kinds));
                if (kinds.contains(Kind.BLANK_LINES)) {
                    lines.add(random.nextBoolean() ? "" : "  ");
                }
            } else if (line.isEmpty()) {
                events(lines, List.of(given).subList(first, i), kinds);
                first = i + 1;
            } else if (given[i + 1].isEmpty() && i + 1 == given.length - 1) {
                // The last event has its line's end, but not its own.
                events(lines, List.of(given).subList(first, i + 1), kinds);
                lines.removeLast();
                first = i + 1;
            }
        }
        if (framing != Framing.JSON_LINES && first < given.length - 1) {
            lines.removeLast();
            lines.addAll(List.of(given).subList(first, given.length));
        }
        return joined(lines, kinds);
    }

    /** Writes one event, its blank line, and what may stand around it. */
    private void events(List<String> lines, List<String> event, Set<Kind> kinds) {
        boolean marked = !event.isEmpty() && event.getFirst().startsWith(MARK);
        if (kinds.contains(Kind.OTHER_EVENTS) && !marked && random.nextInt(3) == 0) {
            lines.addAll(otherEvent());
        }
        int from = lines.size();
        for (String line : event) {
            noise(lines, kinds, marked && lines.size() == from);
            String data = line.startsWith("data:") ? line.substring(5).strip() : "";
            if (!data.startsWith("{") || !parses(data)) {
                lines.add(line);
                continue;
            }
            String changed = json(data, kinds);
            if (kinds.contains(Kind.MANY_LINES)) {
                try {
                    changed = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree(changed));
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
                changed = latin(changed.replace(System.lineSeparator(), "\n"));
            }
            String space = kinds.contains(Kind.SPACE_AFTER_COLON) && random.nextBoolean() ? "" : " ";
            for (String piece : changed.split("\n", -1)) {
                lines.add("data:" + space + piece);
            }
        }
        noise(lines, kinds, marked);
        lines.add("");
        if (kinds.contains(Kind.BLANK_LINES)) {
            lines.add("");
        }
        if (kinds.contains(Kind.REPEATS) && repeatable(event)) {
            lines.addAll(List.copyOf(lines.subList(from, lines.size())));
        }
    }

    private void noise(List<String> lines, Set<Kind> kinds, boolean notHere) {
        if (notHere) {
            return;
        }
        if (kinds.contains(Kind.COMMENTS) && random.nextInt(4) == 0) {
            lines.add(List.of(":", ": keep-alive", ":{\"error\":\"no\"}", ": data: x")
                    .get(random.nextInt(4)));
        }
        if (kinds.contains(Kind.OTHER_FIELDS) && random.nextInt(4) == 0) {
            lines.add(List.of("id: 7", "id", "retry: 10", "foo: bar", "foo").get(random.nextInt(5)));
        }
    }

    private List<String> otherEvent() {
        return switch (api) {
            case "anthropic-messages" ->
                random.nextBoolean()
                        ? List.of("event: ping", "data: {\"type\": \"ping\"}", "")
                        : List.of(
                                "event: later",
                                "data: {\"type\":\"later\",\"index\":0,\"delta\":{\"text\":\"x\"}}",
                                "");
            case "openai-responses" ->
                random.nextBoolean()
                        ? List.of("event: keepalive", "data: {\"type\":\"keepalive\",\"sequence_number\":3}", "")
                        : List.of("data: {\"type\":\"response.later.delta\",\"output_index\":0,\"delta\":\"x\"}", "");
            case "openai-chat-completions" ->
                random.nextBoolean()
                        ? List.of("data: {\"object\":\"chat.completion.chunk\",\"choices\":[]}", "")
                        : List.of("event: ping", "data: ping", "");
            default -> List.of("data: {}", "");
        };
    }

    private boolean repeatable(List<String> event) {
        for (String line : event) {
            String data = line.startsWith("data:") ? line.substring(5).strip() : "";
            if (data.startsWith("{") && parses(data)) {
                JsonNode told = tree(data);
                if (api.equals("openai-responses")) {
                    return told.path("sequence_number").asInt() > 0;
                }
                boolean untold = told.path("choices").isEmpty()
                        || told.at("/choices/0/delta").isEmpty();
                return REPEATABLE.contains(told.path("type").asText())
                        || api.equals("openai-chat-completions") && untold && !told.has("error");
            }
        }
        return false;
    }

    private byte[] joined(List<String> lines, Set<Kind> kinds) {
        boolean one = kinds.contains(Kind.LINE_ENDS) && framing != Framing.JSON_LINES;
        String end = !kinds.contains(Kind.LINE_ENDS) ? "\n" : one && random.nextInt(3) == 0 ? "\r" : "\r\n";
        boolean mixed = kinds.contains(Kind.LINE_ENDS) && random.nextInt(3) == 0;
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            all.append(lines.get(i));
            if (i < lines.size() - 1) {
                all.append(mixed ? random.nextBoolean() ? "\n" : "\r\n" : end);
            }
        }
        String text = all.toString();
        if (kinds.contains(Kind.LAST_LINE_END)) {
            text = text.stripTrailing();
        }
        boolean marked = text.startsWith(MARK);
        if (kinds.contains(Kind.BYTE_ORDER_MARK) && !marked) {
            text = MARK + text;
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] frames(byte[] body, Set<Kind> kinds) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (body.length - at >= 16) {
            int length = ByteBuffer.wrap(body, at, 4).getInt();
            Message message;
            try {
                message = Message.decode(ByteBuffer.wrap(Arrays.copyOfRange(body, at, at + length)));
            } catch (RuntimeException _) {
                break;
            }
            if (kinds.contains(Kind.OTHER_EVENTS)) {
                out.writeBytes(Frames.event("later", "{\"x\":1}"));
            }
            Map<String, HeaderValue> headers = new TreeMap<>(message.getHeaders());
            if (kinds.contains(Kind.OTHER_FIELDS)) {
                headers.put("flag", HeaderValue.fromBoolean(random.nextBoolean()));
                headers.put("number", HeaderValue.fromLong(random.nextLong()));
                headers.put("small", HeaderValue.fromInteger(7));
                headers.put("bytes", HeaderValue.fromByteArray(new byte[] {1, 2}));
                headers.put("time", HeaderValue.fromTimestamp(Instant.EPOCH));
                headers.put("id", HeaderValue.fromUuid(new UUID(1, 2)));
            }
            String payload = new String(message.getPayload(), StandardCharsets.ISO_8859_1);
            byte[] changed = json(payload, kinds).getBytes(StandardCharsets.ISO_8859_1);
            new Message(headers, changed).encode(out);
            at += length;
        }
        out.write(body, at, body.length - at);
        return out.toByteArray();
    }

    /** One JSON object, changed; both as the bytes that they are. */
    private String json(String data, Set<Kind> kinds) {
        if (!data.strip().startsWith("{") || !parses(data)) {
            return data;
        }
        JsonNode changed = changed(tree(data), kinds, "");
        try {
            return kinds.contains(Kind.ESCAPES)
                    ? ESCAPED.writeValueAsString(changed)
                    : latin(JSON.writeValueAsString(changed));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode changed(JsonNode node, Set<Kind> kinds, String name) {
        if (CONTENT.contains(name)) {
            return node;
        }
        if (node.isArray()) {
            ArrayNode array = JSON.createArrayNode();
            node.forEach(element -> array.add(changed(element, kinds, "")));
            return array;
        }
        if (!node.isObject() || node.isEmpty()) {
            return node;
        }
        ObjectNode object = JSON.createObjectNode();
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        if (kinds.contains(Kind.UNKNOWN_FIELDS)) {
            names.add("x_" + random.nextInt(100));
        }
        if (kinds.contains(Kind.NULLS)) {
            OptionalFields.of(api).stream()
                    .filter(field -> !node.has(field) && random.nextInt(3) == 0)
                    .forEach(names::add);
        }
        if (kinds.contains(Kind.KEY_ORDER)) {
            Collections.shuffle(names, random);
        }
        for (String field : names) {
            JsonNode value = node.get(field);
            if (value != null) {
                object.set(field, changed(value, kinds, field));
            } else if (field.startsWith("x_") && !field.equals("x_groq")) {
                object.set(field, tree(VALUES.get(random.nextInt(VALUES.size()))));
            } else {
                object.putNull(field);
            }
        }
        return object;
    }

    private static boolean parses(String data) {
        try {
            JSON.readTree(utf8(data));
            return true;
        } catch (JsonProcessingException _) {
            return false;
        }
    }

    private static JsonNode tree(String data) {
        try {
            return JSON.readTree(utf8(data));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    static String named(Set<Kind> kinds) {
        return kinds.stream().map(Kind::name).collect(Collectors.joining("+"));
    }
}
